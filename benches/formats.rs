//! Instructions that the formats of a report take: 10,000 findings, some 1,900 of which fail, in each format and in all.
//!
//! Needs valgrind, and the runner of the version that Cargo.lock names:
//! `cargo install gungraun-runner --version 0.20.0`, then `cargo bench --bench formats`.

#![allow(missing_docs, clippy::exit, reason = "what the macros of the harness expand to")]

use clap::ValueEnum as _;
use gungraun::{library_benchmark, library_benchmark_group, main};
use plimsoll::model::{Counts, Report, Verdict};
use plimsoll::report::{Format, Look, read};
use std::hint::black_box;

const MANY: usize = 10_000;

/// The report that the tests of the formats know, with its findings over and over, each on a resource of its own.
fn report() -> Report {
    let mut report = read(include_str!("../tests/formats/whole/report.json")).expect("a report");
    let few = report.findings;
    report.findings = Vec::with_capacity(MANY);
    report.counts = Counts::default();
    for i in 0..MANY {
        let mut finding = few[i % few.len()].clone();
        if finding.verdict == Verdict::Fail && i % 16 >= 8 {
            finding.verdict = Verdict::Pass;
        }
        finding.id = format!("{i:016x}");
        finding.resource = format!("resource-{i}");
        finding.name = Some(format!("Physical-Name-{i}"));
        finding.rule = format!("{}-{}", finding.rule, i / 500);
        report.counts.add(finding.verdict);
        report.findings.push(finding);
    }
    report
}

/// How many bytes `report` is in this format.
fn rendered(format: Format, report: &Report) -> usize {
    let mut bytes = Vec::new();
    let look = Look { width: 120, colour: false, quiet: false, picture: false };
    format.render(report, look, &mut bytes).expect("a writer that takes all");
    bytes.len()
}

#[library_benchmark]
#[bench::text(Format::Text, report())]
#[bench::json(Format::Json, report())]
#[bench::jsonl(Format::Jsonl, report())]
#[bench::csv(Format::Csv, report())]
#[bench::markdown(Format::Markdown, report())]
#[bench::junit(Format::Junit, report())]
#[bench::sarif(Format::Sarif, report())]
fn one_format(format: Format, report: Report) -> usize {
    black_box(rendered(format, &report))
}

#[library_benchmark]
#[bench::of_10_000(report())]
fn every_format(report: Report) -> usize {
    black_box(Format::value_variants().iter().map(|format| rendered(*format, &report)).sum())
}

#[library_benchmark]
#[bench::of_10_000(plimsoll::report::write_harmless(&report()))]
fn read_again(text: String) -> usize {
    black_box(read(&text).expect("a report").findings.len())
}

library_benchmark_group!(name = formats, benchmarks = [one_format, every_format, read_again]);
main!(library_benchmark_groups = formats);
