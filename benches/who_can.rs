//! Instructions that effective access takes: who can send, for every queue of an account of roles and queues.
//!
//! Needs valgrind, and the runner of the version that Cargo.lock names:
//! `cargo install gungraun-runner --version 0.20.0`, then `cargo bench --bench who_can`.

#![allow(missing_docs, clippy::exit, reason = "what the macros of the harness expand to")]

mod account;

use gungraun::{library_benchmark, library_benchmark_group, main};
use plimsoll::model::Account;
use plimsoll::reach::effective::{Effective, WhoCan};
use std::hint::black_box;

/// How many of how many can send, for every queue.
fn every_queue(account: &Account) -> (usize, usize) {
    let effective = Effective::read(account, account::REGION);
    let own = plimsoll::services::kind("AWS::SQS::Queue").and_then(|kind| kind.standing.own_policy);
    let queues = account.of_type("AWS::SQS::Queue", account::REGION);
    queues.fold((0, 0), |(can, unknown), queue| {
        let (one, two) = effective.count("sqs:SendMessage", &effective.target(queue, own));
        (can + one, unknown + two)
    })
}

fn one_queue(account: &Account) -> Option<WhoCan> {
    let effective = Effective::read(account, account::REGION);
    let own = plimsoll::services::kind("AWS::SQS::Queue").and_then(|kind| kind.standing.own_policy);
    let queue = account.of_type("AWS::SQS::Queue", account::REGION).nth(2)?;
    Some(effective.who_can("sqs:SendMessage", &effective.target(queue, own)))
}

#[library_benchmark]
#[bench::of_100(account::account(100, 100))]
#[bench::of_1000(account::account(1_000, 1_000))]
fn who_can_send_for_every_queue(account: Account) -> (usize, usize) {
    black_box(every_queue(&account))
}

#[library_benchmark]
#[bench::of_100(account::account(100, 100))]
fn who_can_send_to_one_queue(account: Account) -> Option<WhoCan> {
    black_box(one_queue(&account))
}

library_benchmark_group!(name = effective, benchmarks = [who_can_send_for_every_queue, who_can_send_to_one_queue]);
main!(library_benchmark_groups = effective);
