#!/usr/bin/python3
"""Replay terminal golden cases through a Mosh server and the stock mosh-client inside tmux.

  terminal_check.py [--server 'CMD'] [--only REGEX] [--jobs 2] [--json OUT] FILE-or-DIR ...

CMD stands where `mosh-server` stood: it gets `new -i 127.0.0.1 -c 256 -l LANG=C.UTF-8 -- command...`
and prints `MOSH CONNECT port key`.  Each case gets a fresh session: a helper inside it sets its
terminal raw, writes the case's bytes, and reports what the terminal sends back.  The screen is what
tmux shows of the client, or ("source": "stream") what the client wrote to its terminal, applied to a
small model below where tmux itself is unfit.  Exit status: number of failed cases (at most 99).
"""
import argparse, base64, concurrent.futures as cf, ctypes, fcntl, glob, json, locale, os, re, select, shlex, shutil, signal
import socket, struct, subprocess, sys, tempfile, termios, threading, time

# ---------------------------------------------------------------- inside the session

def helper(path):
    import tty
    tty.setraw(0)
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)

    def size():
        r, c = struct.unpack('HHHH', fcntl.ioctl(0, termios.TIOCGWINSZ, b'\0' * 8))[:2]
        return [c, r]

    def tell(**m):
        s.sendall(json.dumps(m).encode() + b'\n')
    pr, pw = os.pipe()
    os.set_blocking(pw, False)
    signal.set_wakeup_fd(pw, warn_on_full_buffer=False)
    signal.signal(signal.SIGWINCH, lambda *a: None)
    tell(size=size())
    buf, stdin_open = b'', True
    while True:
        rd = select.select([s, pr] + [0] * stdin_open, [], [])[0]
        if pr in rd:
            os.read(pr, 512)
            tell(size=size())
        if 0 in rd:
            try:
                b = os.read(0, 4096)
            except OSError:
                b = b''
            if not b:
                stdin_open = False
            else:
                tell(stdin=b.hex())
        if s in rd:
            b = s.recv(1 << 16)
            if not b:
                return
            buf += b
            while b'\n' in buf:
                line, buf = buf.split(b'\n', 1)
                m = json.loads(line)
                if 'write' in m:
                    b = bytes.fromhex(m['write'])
                    while b:
                        b = b[os.write(1, b):]
                    tell(written=True)
                if 'quit' in m:
                    return

# ---------------------------------------------------------------- screens

libc = ctypes.CDLL(None)
libc.wcwidth.argtypes = [ctypes.c_wchar]


def width(ch):
    return libc.wcwidth(ch)


ATTR = {1: 1, 3: 3, 4: 4, 5: 5, 7: 7, 8: 8}
OFF = {22: (1, 2), 23: (3,), 24: (4, 21), 25: (5, 6), 27: (7,), 28: (8,), 29: (9,), 55: (53,)}
PLAIN = (frozenset(), '', '')


def sgr(style, params):
    """Apply SGR parameters to a style = (attributes, fg, bg), canonical colour names."""
    attrs, fg, bg = style
    p = [0 if not x else int(x) for x in params.replace(':', ';').split(';')]
    i = 0
    while i < len(p):
        n = p[i]
        if n == 0:
            attrs, fg, bg = PLAIN
        elif n in (38, 48) and i + 1 < len(p):
            if p[i + 1] == 5:
                c = p[i + 2]
                if c < 8:
                    c = str((30 if n == 38 else 40) + c)
                else:
                    c = '%d;5;%d' % (n, c)
                i += 2
            else:
                c = '%d;2;%d;%d;%d' % (n, *p[i + 2:i + 5])
                i += 4
            if n == 38:
                fg = c
            else:
                bg = c
        elif 30 <= n <= 37:
            fg = str(n)
        elif 40 <= n <= 47:
            bg = str(n)
        elif 90 <= n <= 97:
            fg = '38;5;%d' % (n - 82)
        elif 100 <= n <= 107:
            bg = '48;5;%d' % (n - 92)
        elif n == 39:
            fg = ''
        elif n == 49:
            bg = ''
        elif n in OFF:
            attrs = attrs - set(OFF[n])
        else:
            attrs = attrs | {n}
        i += 1
    return attrs, fg, bg


def name(style):
    attrs, fg, bg = style
    return '\x1b[' + ';'.join(['0'] + [str(a) for a in sorted(attrs)] + [x for x in (fg, bg) if x]) + 'm'


def render(rows):
    """rows of (text, style) cells -> (plain lines, styled lines), trailing blanks and blank rows dropped."""
    lines, styled = [], []
    for cells in rows:
        cells = list(cells)
        while cells and cells[-1][0] == ' ' and cells[-1][1] == PLAIN:
            cells.pop()
        text, out, cur = '', '', PLAIN
        for t, st in cells:
            if st != cur:
                out += name(st)
                cur = st
            text += t
            out += t
        lines.append(text.rstrip(' '))
        styled.append(out)
    while lines and not lines[-1] and not styled[-1]:
        lines.pop()
        styled.pop()
    return lines, styled


SGR = re.compile('\x1b\\[([0-9;:]*)m|[\x0e\x0f]|\x1b[()][0-9A-Za-z]|\x1b\\]8;[^\x07\x1b]*(?:\x07|\x1b\\\\)')


def parse_capture(text):
    rows, style = [], PLAIN
    for line in text.split('\n'):
        cells, pos = [], 0
        for m in list(SGR.finditer(line)) + [None]:
            for ch in line[pos:m.start() if m else len(line)]:
                if cells and width(ch) == 0:
                    cells[-1] = (cells[-1][0] + ch, cells[-1][1])
                else:
                    cells.append((ch, style))
            if m:
                if m[1] is not None:
                    style = sgr(style, m[1])
                pos = m.end()
        rows.append(cells)
    return rows


TOK = re.compile('\x1b\\[([?>=]?)([0-9;:]*)([ -/]*)([@-~])|\x1b\\]([^\x07\x1b]*)(?:\x07|\x1b\\\\)|\x1b([()][A-Za-z0-9])|\x1b([0-Z\\\\-~])|([\x00-\x1f])', re.S)
PRIVATE = {5, 9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 2004}


class Stream:
    """The client's own output language applied to cells; knows only what a Mosh client writes."""

    def __init__(self, w, h):
        self.title = self.icon = self.clipboard = None
        self.modes, self.bell, self.visible, self.strange = set(), False, True, []
        self.style, self.rest = PLAIN, b''
        self.size(w, h)

    def size(self, w, h):
        self.w, self.h = w, h
        self.cells = [[(' ', PLAIN)] * w for _ in range(h)]
        self.x = self.y = 0
        self.top, self.bot, self.pending = 0, h - 1, False

    def blank(self):
        return ' ', (frozenset(), '', self.style[2])

    def lf(self):
        if self.y == self.bot:
            del self.cells[self.top]
            self.cells.insert(self.bot, [self.blank()] * self.w)
        elif self.y < self.h - 1:
            self.y += 1

    def put(self, ch):
        n = width(ch)
        if n < 0:
            self.strange.append('unprintable %r' % ch)
            return
        if n == 0:
            y, x = self.last
            self.cells[y][x] = (self.cells[y][x][0] + ch, self.cells[y][x][1])
            return
        if self.pending or self.x + n > self.w:
            if not self.pending:
                self.strange.append('wide character in the last column')
            self.x, self.pending = 0, False
            self.lf()
        row = self.cells[self.y]
        if row[self.x][0] == '' and self.x:
            row[self.x - 1] = (' ', row[self.x - 1][1])
        if self.x + n < self.w and row[self.x + n][0] == '':
            row[self.x + n] = (' ', row[self.x + n][1])
        row[self.x] = (ch, self.style)
        if n == 2:
            row[self.x + 1] = ('', self.style)
        self.last = (self.y, self.x)
        self.x += n
        if self.x >= self.w:
            self.x, self.pending = self.w - 1, True

    def feed(self, data):
        data = self.rest + data
        keep = len(data)
        esc = data.rfind(b'\x1b')
        if esc >= 0 and not TOK.match(data[esc:].decode('utf-8', 'replace')):
            keep = esc
        else:
            for i in range(1, min(4, len(data)) + 1):
                if data[-i] >= 0xC0:
                    need = 2 if data[-i] < 0xE0 else 3 if data[-i] < 0xF0 else 4
                    if i < need:
                        keep = len(data) - i
                    break
                if data[-i] < 0x80:
                    break
        self.rest, s = data[keep:], data[:keep].decode('utf-8', 'replace')
        pos = 0
        while pos < len(s):
            m = TOK.match(s, pos)
            if not m:
                if s[pos] == '\x1b':
                    self.strange.append(s[pos:pos + 8])
                    pos += 1
                else:
                    self.put(s[pos])
                    pos += 1
                continue
            pos = m.end()
            mark, par, mid, fin, osc, _cs, esc1, ctl = m.groups()
            if ctl:
                if ctl == '\a':
                    self.bell = True
                elif ctl == '\r':
                    self.x, self.pending = 0, False
                elif ctl == '\n':
                    self.pending = False
                    self.lf()
                elif ctl == '\b':
                    self.pending = False
                    self.x = max(0, self.x - 1)
                else:
                    self.strange.append(ctl)
            elif osc is not None:
                n, _, v = osc.partition(';')
                if n == '0':
                    self.title = self.icon = v
                elif n == '1':
                    self.icon = v
                elif n == '2':
                    self.title = v
                elif n == '52' and v.startswith('c;'):
                    self.clipboard = v[2:]
                else:
                    self.strange.append('OSC ' + osc)
            elif fin:
                p = [int(x) if x else 0 for x in par.replace(':', ';').split(';')]
                if fin == 'm' and not mark:
                    self.style = sgr(self.style, par)
                elif fin in 'hl' and mark == '?':
                    for n in p:
                        if n == 25:
                            self.visible = fin == 'h'
                        elif n in PRIVATE:
                            (self.modes.add if fin == 'h' else self.modes.discard)(n)
                        elif n == 1049:
                            self.cells = [[(' ', PLAIN)] * self.w for _ in range(self.h)]
                        elif n not in (1, 7):
                            self.strange.append(m[0])
                elif fin == 'H':
                    self.pending = False
                    self.y = min(max(p[0], 1), self.h) - 1
                    self.x = min(max(p[1] if len(p) > 1 else 1, 1), self.w) - 1
                elif fin == 'K' and p == [0]:
                    self.pending = False
                    self.cells[self.y][self.x:] = [self.blank()] * (self.w - self.x)
                elif fin == 'J' and p == [2]:
                    self.cells = [[self.blank()] * self.w for _ in range(self.h)]
                elif fin == 'X':
                    n = min(max(p[0], 1), self.w - self.x)
                    self.cells[self.y][self.x:self.x + n] = [self.blank()] * n
                elif fin == 'r':
                    self.top, self.bot = (max(p[0], 1) - 1, p[1] - 1) if len(p) > 1 else (0, self.h - 1)
                    self.x = self.y = 0
                    self.pending = False
                elif fin in 'tp':
                    pass
                else:
                    self.strange.append(m[0])
            elif esc1 and esc1 not in '=>':
                self.strange.append(m[0])

# ---------------------------------------------------------------- a session

CONF = '''set -g status off
set -g default-terminal tmux-256color
set -sg escape-time 0
set -g history-limit 100
set -g automatic-rename off
set -g allow-rename off
set -g default-shell /bin/sh
set -s exit-empty off
set -g focus-events off
'''
PRELUDE = b'\x1b[H\x1b[2J'       # before every case: blank screen, cursor at home
CONNECT = re.compile(rb'MOSH CONNECT (\d+) (\S+)')
KEYS = ('lines', 'styled', 'cursor', 'cursor_visible', 'title', 'icon', 'modes', 'bell', 'clipboard', 'host_hex')


class Tmux:
    count = 0

    def __init__(self, tmp):
        Tmux.count += 1
        self.sock = os.path.join(tmp, 'tmux%d' % Tmux.count)
        conf = os.path.join(tmp, 'conf')
        with open(conf, 'w') as f:
            f.write(CONF)
        self.base = ['tmux', '-u', '-S', self.sock, '-f', conf]
        self.env = dict(os.environ, LANG='C.UTF-8', LC_ALL='C.UTF-8', TERM='xterm-256color')
        self.env.pop('TMUX', None)
        self('new-session', '-d', '-s', 'keep', '-x', '20', '-y', '5', 'exec sleep 100000')

    def __call__(self, *args, check=True):
        p = subprocess.run(self.base + list(args), env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        if check and p.returncode:
            raise RuntimeError('tmux: ' + p.stderr.decode('utf-8', 'replace').strip())
        return p.stdout.decode('utf-8', 'replace')

    def close(self):
        self('kill-server', check=False)


class Session:
    serial = 0
    lock = threading.Lock()

    def __init__(self, tmux, tmp, server, cols, rows, client='mosh-client', verbose=False):
        with Session.lock:
            Session.serial += 1
            n = Session.serial
        self.tmux, self.name, self.cols, self.rows = tmux, 'c%d' % n, cols, rows
        self.pipe = os.path.join(tmp, 'out%d' % n)
        self.host, self.size, self.written, self.buf, self.read_off = b'', None, 0, b'', 0
        open(self.pipe, 'w').close()
        path = os.path.join(tmp, 'h%d' % n)
        ls = socket.socket(socket.AF_UNIX)
        ls.bind(path)
        ls.listen(1)
        ls.settimeout(15)
        env = dict(os.environ, LANG='C.UTF-8', LC_ALL='C.UTF-8', TERM='xterm-256color')
        env.pop('SSH_CONNECTION', None)
        cmd = shlex.split(server) + ['new', '-i', '127.0.0.1', '-c', '256', '-l', 'LANG=C.UTF-8', '--',
                                     sys.executable, '-I', '-S', os.path.abspath(__file__), '--helper', path]
        errf = tempfile.TemporaryFile()
        p = subprocess.Popen(cmd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errf)
        out, end = b'', time.monotonic() + 20
        while not CONNECT.search(out):
            if not select.select([p.stdout], [], [], max(0, end - time.monotonic()))[0]:
                break
            b = os.read(p.stdout.fileno(), 4096)
            if not b:
                break
            out += b
        m = CONNECT.search(out)
        if not m:
            errf.seek(0)
            raise RuntimeError('no MOSH CONNECT line: %r' % (out + errf.read())[-300:])
        self.launcher = p
        run = ' '.join(['exec env', 'MOSH_KEY=' + shlex.quote(m[2].decode()), 'MOSH_PREDICTION_DISPLAY=never', 'MOSH_TITLE_NOPREFIX=1',
                        'LANG=C.UTF-8 LC_ALL=C.UTF-8', shlex.quote(client), '127.0.0.1', m[1].decode()])
        tmux('new-session', '-d', '-s', self.name, '-x', str(cols), '-y', str(rows), run, ';',
             'pipe-pane', '-O', '-t', self.name, 'exec cat >> ' + shlex.quote(self.pipe))
        try:
            self.conn, _ = ls.accept()
        except socket.timeout:
            raise RuntimeError('the command was not started within 15 s of the client')
        finally:
            ls.close()
            os.unlink(path)
        self.stream = Stream(cols, rows)
        if not self.wait(lambda: self.size == [cols, rows], 5):
            raise RuntimeError('window size %r, wanted %r' % (self.size, [cols, rows]))
        # the first frame must be out before the case begins
        end = time.monotonic() + 5
        while not os.path.getsize(self.pipe) and time.monotonic() < end:
            time.sleep(.02)
        # stock 1.4.0 releases the command by a newline typed at its terminal, whose echo leaves an empty row
        self.write(PRELUDE)
        self.drain(.03)

    def wait(self, cond, secs):
        end = time.monotonic() + secs
        while not cond():
            left = end - time.monotonic()
            if left <= 0:
                return False
            if select.select([self.conn], [], [], left)[0]:
                b = self.conn.recv(1 << 16)
                if not b:
                    raise RuntimeError('the command went away')
                self.buf += b
                while b'\n' in self.buf:
                    line, self.buf = self.buf.split(b'\n', 1)
                    m = json.loads(line)
                    if 'size' in m:
                        self.size = m['size']
                    if 'stdin' in m:
                        self.host += bytes.fromhex(m['stdin'])
                    if 'written' in m:
                        self.written += 1
        return True

    def write(self, data):
        want = self.written + 1
        self.conn.sendall(json.dumps({'write': data.hex()}).encode() + b'\n')
        if not self.wait(lambda: self.written >= want, 10):
            raise RuntimeError('output not taken')

    def drain(self, secs):
        self.wait(lambda: False, secs)

    def quiet(self, still=.25, secs=5):
        """Until the client has written nothing for a while."""
        last, since, end = -1, time.monotonic(), time.monotonic() + secs
        while time.monotonic() < end:
            n = os.path.getsize(self.pipe)
            if n != last:
                last, since = n, time.monotonic()
            elif time.monotonic() - since >= still:
                return
            self.drain(.03)

    def resize(self, cols, rows):
        self.sync()
        self.cols, self.rows = cols, rows
        self.stream.size(cols, rows)
        self.tmux('resize-window', '-t', self.name, '-x', str(cols), '-y', str(rows))
        if not self.wait(lambda: self.size == [cols, rows], 5):
            raise RuntimeError('window size %r after a resize to %r' % (self.size, [cols, rows]))

    def keys(self, data):
        self.tmux('send-keys', '-t', self.name, '-H', *['%02x' % b for b in data])

    def repaint(self):
        before = self.host
        self.keys(b'\x0c')
        self.wait(lambda: self.host != before, 3)
        if self.host[len(before):len(before) + 1] == b'\x0c':
            self.host = before

    def sync(self):
        with open(self.pipe, 'rb') as f:
            f.seek(self.read_off)
            b = f.read()
        self.read_off += len(b)
        self.stream.feed(b)

    def look(self):
        """(what tmux shows, what the client's output stream says)"""
        self.drain(0)
        t = self.tmux('display-message', '-p', '-t', self.name, '#{cursor_x},#{cursor_y},#{cursor_flag},#{pane_title}', ';',
                      'capture-pane', '-p', '-e', '-N', '-t', self.name)
        head, _, body = t.partition('\n')
        x, y, vis, self.pane_title = head.split(',', 3)
        self.sync()
        s = self.stream
        common = dict(title=s.title, icon=s.icon, modes=sorted(s.modes), bell=s.bell, clipboard=s.clipboard, host_hex=self.host.hex())
        tl, ts = render(parse_capture(body.rstrip('\n')))
        a = dict(lines=tl, styled=ts, cursor=[min(int(x), self.cols - 1), int(y)], cursor_visible=vis == '1', **common)
        sl, ss = render(s.cells)
        b = dict(lines=sl, styled=ss, cursor=[s.x, s.y], cursor_visible=s.visible, **common)
        return a, b

    def close(self):
        try:
            self.conn.sendall(b'{"quit":1}\n')
            self.conn.close()
        except OSError:
            pass
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if subprocess.run(self.tmux.base + ['has-session', '-t', self.name], env=self.tmux.env, capture_output=True).returncode:
                break
            time.sleep(.05)
        else:
            self.tmux('kill-session', '-t', self.name, check=False)
        if self.launcher.poll() is None:
            try:
                self.launcher.wait(1)
            except subprocess.TimeoutExpired:
                pass
        self.launcher.stdout.close()


def steps(case):
    return case.get('steps') or [{'write_hex': case['input_hex']}]


def play(s, case):
    for st in steps(case):
        if 'write_hex' in st:
            s.write(bytes.fromhex(st['write_hex']))
        elif 'resize' in st:
            s.quiet(.15, 2)
            s.resize(*st['resize'])
            s.quiet(.1, 2)
        elif 'keys_hex' in st:
            s.quiet(.15, 2)
            s.keys(bytes.fromhex(st['keys_hex']))


def same(k, want, got, expect):
    if k in ('title', 'icon', 'clipboard'):        # never set and set to nothing look alike
        return (want or '') == (got or '')
    # Where the stock server's own drawing was at fault, the recording says what is right beside what it showed.
    if k + '_alt' in expect and got == expect[k + '_alt']:
        return True
    return want == got


def differences(expect, got):
    return [k for k in KEYS if k in expect and not same(k, expect[k], got[k], expect)]


def check(case, tmux, tmp, server, client, timeout):
    """('pass'|'pass-after-repaint'|'fail', details)"""
    s = None
    try:
        s = Session(tmux, tmp, server, case['cols'], case['rows'], client)
        play(s, case)
        t0 = time.monotonic()
        good, repainted, got, diff = 0, False, None, None
        side = 1 if case.get('source') == 'stream' else 0
        while True:
            s.drain(.06)
            got = s.look()[side]
            diff = differences(case['expect'], got)
            el = time.monotonic() - t0
            good = good + 1 if not diff else 0
            if good >= 2 and el > .18:
                return ('pass-after-repaint' if repainted else 'pass'), None
            if el > timeout:
                return 'fail', {k: dict(expected=case['expect'][k], got=got[k]) for k in diff or ['lines']}
            if not repainted and el > timeout * .4:
                s.repaint()
                repainted = True
    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
        return 'fail', {'error': str(e)}
    finally:
        if s:
            s.close()


def load(paths):
    files = []
    for p in paths:
        files += sorted(glob.glob(os.path.join(p, '*.json'))) if os.path.isdir(p) else [p]
    for f in files:
        with open(f, encoding='utf-8') as h:
            for c in json.load(h)['cases']:
                yield os.path.basename(f), c


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--server', default='mosh-server')
    ap.add_argument('--client', default=shutil.which('mosh-client') or 'mosh-client')
    ap.add_argument('--only', default='')
    ap.add_argument('--jobs', type=int, default=2)
    ap.add_argument('--timeout', type=float, default=4.0, help='seconds until a case has failed')
    ap.add_argument('--retries', type=int, default=1)
    ap.add_argument('--json', help='write results here')
    ap.add_argument('--show', type=int, default=2, help='how many differing rows to print per failure')
    ap.add_argument('paths', nargs='+')
    a = ap.parse_args()
    if a.paths[0] == '--helper':
        return helper(a.paths[1])
    cases = [(f, c) for f, c in load(a.paths) if re.search(a.only, f + ':' + c['name'])]
    tmp = tempfile.mkdtemp(prefix='tc-')
    local, results, t0 = threading.local(), [], time.time()
    tmuxes, lock = [], threading.Lock()

    def one(item):
        f, c = item
        with lock:
            if not hasattr(local, 'tmux'):
                local.tmux = Tmux(tmp)
                tmuxes.append(local.tmux)
        for n in range(a.retries + 1):
            word, det = check(c, local.tmux, tmp, a.server, a.client, a.timeout)
            if word != 'fail':
                break
        return f, c, word, det, n
    try:
        with cf.ThreadPoolExecutor(a.jobs) as ex:
            for f, c, word, det, n in ex.map(one, cases):
                results.append(dict(file=f, name=c['name'], result=word, retries=n, details=det))
                if word != 'pass' or n:
                    print('%s %s:%s%s' % (word.upper(), f, c['name'], ' (retry %d)' % n if n else ''), flush=True)
                if word == 'fail':
                    for k, d in det.items():
                        if not isinstance(d, dict) or not isinstance(d['expected'], list) or k in ('cursor', 'modes'):
                            print('    %s: %s' % (k, d if not isinstance(d, dict) else '%r, expected %r' % (d['got'], d['expected'])))
                            continue
                        e, g, shown = d['expected'], d['got'], 0
                        for i in range(max(len(e), len(g))):
                            x, y = (e[i] if i < len(e) else ''), (g[i] if i < len(g) else '')
                            if x != y and shown < a.show:
                                shown += 1
                                print('    %s[%d]: %r\n      expected %r' % (k, i, y, x))
    finally:
        for t in tmuxes:
            t.close()
        shutil.rmtree(tmp, ignore_errors=True)
    bad = sum(r['result'] == 'fail' for r in results)
    byfile = {}
    for r in results:
        g = byfile.setdefault(r['file'], [0, 0])
        g[0] += r['result'] != 'fail'
        g[1] += 1
    for f, (g, n) in byfile.items():
        print('%-28s %d/%d' % (f, g, n))
    print('%d of %d passed (%d only after a repaint), %.0f s' % (len(results) - bad, len(results), sum(r['result'] == 'pass-after-repaint' for r in results), time.time() - t0))
    if a.json:
        with open(a.json, 'w') as f:
            json.dump(results, f, indent=1)
    return min(bad, 99)


locale.setlocale(locale.LC_ALL, 'C.UTF-8')
if __name__ == '__main__':
    if sys.argv[1:2] == ['--helper']:
        helper(sys.argv[2])
    else:
        sys.exit(main())
