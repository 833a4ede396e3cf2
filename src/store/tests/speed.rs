//! How fast the books are. A measure, not a promise: run with `--ignored --nocapture`, in a release build.

use std::time::Instant;

use super::books::{FACTS, entries};
use super::stand::on_both;
use crate::{books, settings};

#[tokio::test]
#[ignore = "a measure, for people"]
async fn the_books_take_a_thousand_facts_in_one_transaction() {
    on_both(|stand| async move {
        let place = stand.db.place().split(' ').next().unwrap().to_owned();
        let per_batch = 1000 / FACTS as u128;
        for (calls, rounds) in [(1, 40), (per_batch, 40), (per_batch * 10, 5)] {
            let mut times = Vec::new();
            for _ in 0..rounds {
                let reached = books::position(&stand.db).await.unwrap();
                let first = u128::from(reached);
                let batch = entries(reached + 1, first..first + calls);
                let begun = Instant::now();
                books::apply(&stand.db, &batch).await.unwrap();
                times.push(begun.elapsed());
            }
            times.sort();
            let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
            let facts = u32::try_from(calls).unwrap() * u32::try_from(FACTS).unwrap();
            println!("{place}: {facts} facts: median {median:?} ({:?} a fact), worst {worst:?}", median / facts);
        }
        let begun = Instant::now();
        for _ in 0..100 {
            settings::version(&stand.db).await.unwrap();
        }
        println!("{place}: settings::version {:?}", begun.elapsed() / 100);
    })
    .await;
}
