#!/usr/bin/env python3
"""Makes kubernetes.schema.json: what the API server takes, for the kinds that deploy/k8s uses.

    npm pack kubernetes-models@5.1.0 @kubernetes-models/apimachinery@3.0.2 @kubernetes-models/prometheus-operator@6.0.0
    for f in *.tgz; do mkdir -p "${f%.tgz}"; tar xzf "$f" -C "${f%.tgz}" --strip-components=1; done
    ./generate.py FOLDER >kubernetes.schema.json

The packages' declarations are made from the OpenAPI document of Kubernetes 1.27 and from the operator's CRDs; their own validators take
unknown fields, which the API server refuses, so the declarations are read instead.
"""
import json
import os
import re
import sys

PACKAGES = {
    "kubernetes-models": "kubernetes-models-5.1.0",
    "@kubernetes-models/apimachinery": "kubernetes-models-apimachinery-3.0.2",
    "@kubernetes-models/prometheus-operator": "kubernetes-models-prometheus-operator-6.0.0",
}
KINDS = [
    ("kubernetes-models", "v1/Namespace"),
    ("kubernetes-models", "v1/ConfigMap"),
    ("kubernetes-models", "v1/Secret"),
    ("kubernetes-models", "v1/Service"),
    ("kubernetes-models", "v1/ServiceAccount"),
    ("kubernetes-models", "apps/v1/StatefulSet"),
    ("kubernetes-models", "apps/v1/Deployment"),
    ("kubernetes-models", "apps/v1/DaemonSet"),
    ("kubernetes-models", "autoscaling/v2/HorizontalPodAutoscaler"),
    ("kubernetes-models", "networking.k8s.io/v1/NetworkPolicy"),
    ("kubernetes-models", "policy/v1/PodDisruptionBudget"),
    ("@kubernetes-models/prometheus-operator", "monitoring.coreos.com/v1/ServiceMonitor"),
    ("@kubernetes-models/prometheus-operator", "monitoring.coreos.com/v1/PrometheusRule"),
]
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$.]*|-?\d+|[{}\[\]<>|:;?&()]')


class Declarations:
    def __init__(self, folder):
        self.folder = folder
        self.definitions = {}

    def name(self, package, path):
        """The definition of a file's type, read when it is first asked for."""
        name = (path if package == "kubernetes-models" else f"{package.split('/')[1]}/{path}").replace("/", ".")
        if name not in self.definitions:
            self.definitions[name] = {}
            with open(os.path.join(self.folder, PACKAGES[package], path + ".d.ts"), encoding="utf-8") as file:
                self.definitions[name] = self.read(package, path, file.read())
        return name

    def read(self, package, path, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        imports = {}
        for names, source in re.findall(r'import (?:type )?\{([^}]*)\} from "([^"]*)";', text):
            for name in names.split(","):
                imports[name.split(" as ")[-1].strip()] = source
        interface = re.search(r"export interface \w+(?: extends ([\w, ]+))? \{", text)
        alias = re.search(r"export (?:declare )?type \w+ = ", text)
        start = interface.end() - 1 if interface else alias.end()
        parser = Parser(TOKEN.findall(text[start:]), lambda identifier: self.reference(package, path, imports, identifier))
        found = parser.union()
        for parent in (interface[1] or "").split(", ") if interface else []:
            if parent and parent != "TypeMeta":
                inherited = self.definitions[self.reference(package, path, imports, parent)["$ref"].removeprefix("#/$defs/")]
                found["properties"] = {**inherited["properties"], **found["properties"]}
                found["required"] = [*inherited.get("required", []), *found.get("required", [])]
        return found

    def reference(self, package, path, imports, identifier):
        source = re.sub(r"\.js$", "", imports[identifier])
        for other in PACKAGES:
            if source.startswith(other + "/"):
                return {"$ref": "#/$defs/" + self.name(other, source[len(other) + 1:])}
        return {"$ref": "#/$defs/" + self.name(package, os.path.normpath(os.path.join(os.path.dirname(path), source)))}


class Parser:
    def __init__(self, tokens, reference):
        self.tokens, self.at, self.reference = tokens, 0, reference

    def take(self, expected=None):
        token = self.tokens[self.at]
        assert expected is None or token == expected, (token, expected, self.tokens[max(0, self.at - 8):self.at + 4])
        self.at += 1
        return token

    def union(self):
        options = [self.single()]
        while self.tokens[self.at] == "|":
            self.take()
            options.append(self.single())
        options = [option for option in options if option != {"type": "null"}]
        if all("enum" in option for option in options):
            return {"enum": sorted({value for option in options for value in option["enum"]})}
        return options[0] if len(options) == 1 else {"anyOf": options}

    def single(self):
        token = self.take()
        if token == "{":
            return self.object()
        if token == "Array":
            self.take("<")
            items = self.union()
            self.take(">")
            return {"type": "array", "items": items}
        if token.startswith('"'):
            return {"enum": [json.loads(token)]}
        if token in ("string", "number", "boolean", "null"):
            return {"type": token}
        if token in ("any", "unknown"):
            return {}
        return self.reference(token)

    def object(self):
        properties, required, rest = {}, [], None
        while self.tokens[self.at] != "}":
            if self.tokens[self.at] == "[":
                for expected in ("[", "key", ":", "string", "]", ":"):
                    self.take(expected)
                rest = self.union()
            else:
                name = json.loads(self.take())
                if self.tokens[self.at] == "?":
                    self.take()
                else:
                    required.append(name)
                self.take(":")
                properties[name] = self.union()
            self.take(";")
        self.take("}")
        if rest is not None:
            return {"type": "object", "additionalProperties": rest}
        # As strict as `kubectl --validate=strict`: a field that the API does not know is an error.
        found = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            found["required"] = required
        return found


def main():
    declarations = Declarations(sys.argv[1])
    kinds = {}
    for package, path in KINDS:
        name = declarations.name(package, path)
        properties = declarations.definitions[name]["properties"]
        kinds["/".join(properties[key]["enum"][0] for key in ("apiVersion", "kind"))] = {"$ref": "#/$defs/" + name}
    json.dump(
        {
            "$comment": "Made by generate.py, which says from what.",
            "kinds": kinds,
            "$defs": dict(sorted(declarations.definitions.items())),
        },
        sys.stdout, separators=(",", ":"), sort_keys=True)
    print()


if __name__ == "__main__":
    main()
