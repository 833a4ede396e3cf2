//! What was found wrong, gathered by kind: of hundreds of calls a few examples tell enough.

use std::collections::BTreeMap;

/// How many examples of a kind are named.
const EXAMPLES: usize = 4;

/// What was found wrong: the kind, and whose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(BTreeMap<String, Vec<String>>);

impl Findings {
    /// One more.
    pub fn add(&mut self, kind: &str, whose: impl Into<String>) {
        self.0.entry(kind.to_owned()).or_default().push(whose.into());
    }

    /// Takes over what somebody else has found.
    pub fn join(&mut self, others: Self) {
        for (kind, whose) in others.0 {
            self.0.entry(kind).or_default().extend(whose);
        }
    }

    /// One sentence for each kind.
    pub fn said(&self) -> Vec<String> {
        let sentence = |(kind, whose): (&String, &Vec<String>)| {
            let more = if whose.len() > EXAMPLES { format!("; and {} more", whose.len() - EXAMPLES) } else { String::new() };
            let examples: Vec<&str> = whose.iter().take(EXAMPLES).map(|one| &**one).collect();
            format!("{kind}: {}{more}", examples.join("; "))
        };
        self.0.iter().map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Findings;

    #[test]
    fn many_of_a_kind_are_one_sentence() {
        let mut findings = Findings::default();
        (0..9).for_each(|n| findings.add("a call is lost", n.to_string()));
        assert_eq!(findings.said(), ["a call is lost: 0; 1; 2; 3; and 5 more"]);
    }
}
