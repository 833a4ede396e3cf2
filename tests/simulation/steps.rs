//! What a call costs the core from its end to the next one's answer (five events), by criterion:
//! `cargo bench -p simulation`. With a hundred callers waiting and with ten thousand it should take about the same.

use acd::step;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use simulation::large::Large;

/// The caller's end, the agent's, the next caller, the ring and the answer.
const EVENTS_A_CALL: u64 = 5;

fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a call, 2000 agents, 50 queues");
    group.throughput(Throughput::Elements(EVENTS_A_CALL));
    for waiting in [100, 1_000, 10_000] {
        let mut large = Large::with(waiting);
        group.bench_with_input(BenchmarkId::new("waiting", waiting), &waiting, |bencher, _| {
            bencher.iter(|| large.goes_on(&mut step));
        });
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
