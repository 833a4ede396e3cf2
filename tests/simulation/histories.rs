//! The runner: so many histories, what they were like, and which situations they met. Alone it plays a few hundred; the lab
//! asks for ten thousand (`cargo lab test core`) or a million (`--long`).

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use simulation::report;
use simulation::run::{self, Sum};

/// How many histories are played if nobody says how many.
const FEW: u64 = 300;

/// On how many threads.
const THREADS: u64 = 2;

fn main() -> ExitCode {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    // A seed that people can type.
    let seed = number("CALLSYNC_SIM_SEED").unwrap_or((now % 1_000_000_007) as u64);
    let histories = number("CALLSYNC_SIM_HISTORIES").unwrap_or(FEW);
    let began = Instant::now();
    println!("random histories: {histories}, seed {seed}");
    let sum = run::play(seed, histories, THREADS);
    println!("{}", report::of(&sum, began.elapsed()));
    told(&sum, seed)
}

/// A line for each thing that was tested, as test programs write it, and then what was found.
fn told(sum: &Sum, seed: u64) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (name, found) in report::findings(sum, seed) {
        match found {
            None => println!("{name} ... ok ({} histories)", sum.histories),
            Some(words) => {
                println!("{name} ... FAILED\n{words}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
