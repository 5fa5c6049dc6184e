"""What build.py must do with packages that are small, odd or broken. No network, no real package."""

import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import build

BASE = {
    "sqs": {
        "name": "Amazon SQS",
        "actions": [
            {
                "name": "SendMessage",
                "accessLevel": "Write",
                "resourceTypes": [{"name": "queue", "required": True, "conditionKeys": [], "dependentActions": []}],
                "conditionKeys": ["aws:TagKeys"],
                "dependentActions": [],
            },
            {
                "name": "AddPermission",
                "accessLevel": "Permissions management, Write",
                "resourceTypes": [],
                "conditionKeys": [],
                "dependentActions": [],
            },
        ],
        "types": [{"key": "queue", "arn": "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"}],
        "keys": [{"key": "aws:TagKeys", "type": "ArrayOfString"}],
    }
}
SECOND = {("sqs", "sendmessage"): ({"sqs:AddPermission", "sqs:SendMessage", "sqs:Gone"}, {})}
OVERLAY = {
    "unite_resource_types": {},
    "condition_key_types": {},
    "arn_formats": {},
    "access_levels": {},
    "rcp_supported": {"add": {}, "remove": {}},
}


def made(base=BASE, globals_=None, rcp=("sqs",), second=None, **overlay):
    source = {"name": "base", "version": "1", "date": "2026-01-02"}
    given = copy.deepcopy(base), globals_ or {"aws:TagKeys": "ArrayOfString"}, set(rcp), source
    with contextlib.redirect_stderr(io.StringIO()):
        return build.build(given, (second or SECOND, {"name": "second", "version": "2"}), OVERLAY | overlay)


def changed(**change):
    """The base with other fields in its first action."""
    base = copy.deepcopy(BASE)
    base["sqs"]["actions"][0] |= change
    return base


class Build(unittest.TestCase):
    def refused(self, *arguments, **named):
        with self.assertRaises(build.Refused):
            made(*arguments, **named)

    def test_the_same_input_gives_the_same_bytes_in_any_order(self):
        other = {"sqs": {**BASE["sqs"], "actions": BASE["sqs"]["actions"][::-1]}}
        self.assertEqual(made(), made(other))

    def test_counts(self):
        counts = made()[1]["counts"]
        self.assertEqual(counts["actions"], 2)
        self.assertEqual(counts["actions_without_resource_types"], 1)
        # An action does not depend on itself, nor on one that is not there.
        self.assertEqual(counts["actions_with_dependent_actions"], 1)
        self.assertEqual(counts["global_condition_keys"], 1)

    def test_what_is_not_understood_is_refused(self):
        self.refused(changed(accessLevel="Perhaps"))
        self.refused(changed(accessLevel="List, Read"))
        self.refused(changed(name="AddPermission"))
        self.refused(changed(name=" SendMessage"))
        self.refused(globals_={"aws:TagKeys": "ArrayOfFloat"})
        self.refused(globals_={"aws:TagKeys": "String"})
        self.refused(rcp={"nosuch"})
        for arn in ("queue", "arn:${Partition}:sqs:::{QueueName}", "arn:${Partition}:sqs:::a b"):
            base = copy.deepcopy(BASE)
            base["sqs"]["types"][0]["arn"] = arn
            self.refused(base)

    def test_a_type_may_have_two_forms(self):
        base = copy.deepcopy(BASE)
        base["sqs"]["types"][0]["arn"] += ", arn:${Partition}:sqs:::${QueueName}"
        self.assertEqual(made(base)[1]["counts"]["arn_formats"], 2)

    def test_the_overlay_corrects(self):
        self.assertEqual(made(rcp=(), rcp_supported={"add": {"sqs": ""}, "remove": {}}), made())
        self.assertNotEqual(made(access_levels={"sqs:SendMessage": ["Read", ""]})[0], made()[0])
        self.assertEqual(made(globals_={"aws:TagKeys": "String"}, condition_key_types={"aws:TagKeys": ["ArrayOfString", ""]}), made())

    def test_an_overlay_that_changes_nothing_is_refused(self):
        self.refused(rcp_supported={"add": {"sqs": ""}, "remove": {}})
        self.refused(rcp=(), rcp_supported={"add": {}, "remove": {"sqs": ""}})
        self.refused(access_levels={"sqs:SendMessage": ["Write", ""]})
        self.refused(condition_key_types={"aws:TagKeys": ["ArrayOfString", ""]})
        self.refused(arn_formats={"sqs:queue": [BASE["sqs"]["types"][0]["arn"], ""]})
        self.refused(unite_resource_types={"sqs": ""})

    def test_resource_types_are_united(self):
        second = {("sqs", "addpermission"): (set(), {"queue": True})}
        counts = made(second=second, unite_resource_types={"sqs": ""})[1]["counts"]
        self.assertEqual(counts["actions_without_resource_types"], 0)
        self.assertEqual(counts["actions_with_optional_resource_types_only"], 1)


class Shrink(unittest.TestCase):
    def test_a_table_that_lost_more_than_two_percent_is_refused(self):
        table, manifest = made()
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            before = copy.deepcopy(manifest)
            before["counts"]["actions"] = 3
            (out / "catalogue.json").write_text(json.dumps(before))
            with self.assertRaises(build.Refused):
                build.write(out, table, manifest, allow_shrink=False)
            self.assertFalse((out / "catalogue.bin").exists())
            build.write(out, table, manifest, allow_shrink=True)
            self.assertEqual((out / "catalogue.bin").read_bytes(), table)
            build.write(out, table, manifest, allow_shrink=False)

    def test_two_percent_is_taken(self):
        self.assertEqual(build.shrunk({"counts": {"a": 100, "b": 100}}, {"counts": {"a": 98, "b": 97}}), ["b"])
        self.assertEqual(build.shrunk({"counts": {"a": 1}}, {"counts": {}}), ["a"])


if __name__ == "__main__":
    unittest.main()
