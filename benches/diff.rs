//! Instructions that a difference takes: two snapshots of 5,000 resources each are read and compared.
//!
//! Needs valgrind, and the runner of the version that Cargo.lock names:
//! `cargo install gungraun-runner --version 0.20.0`, then `cargo bench --bench diff`.

#![allow(missing_docs, clippy::exit, reason = "what the macros of the harness expand to")]

mod account;
mod snapshots;

use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

#[library_benchmark]
#[bench::of_500(snapshots::two(250))]
#[bench::of_5000(snapshots::two(2_500))]
fn two_snapshots((old, new): (String, String)) -> usize {
    black_box(snapshots::changes(&old, &new))
}

library_benchmark_group!(name = difference, benchmarks = [two_snapshots]);
main!(library_benchmark_groups = difference);
