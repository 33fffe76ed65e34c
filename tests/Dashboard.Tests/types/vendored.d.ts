// The vendored libraries, as far as our modules use them; their own types are not vendored.
declare const uPlot: any;
export default uPlot;
export declare class Terminal {
  constructor(options: object);
  cols: number;
  rows: number;
  open(place: HTMLElement): void;
  resize(columns: number, rows: number): void;
  write(bytes: Uint8Array): void;
  dispose(): void;
}
export declare const TabulatorFull: any;
