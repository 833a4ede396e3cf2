//! A living call centre: agents' phones that ring, answer, talk and sometimes do not, and callers that arrive at random.
//!
//! Everything is played by a few sipp processes from scenarios written here: one for all phones, one for all callers.

mod callers;
mod phones;
pub mod scenario;
pub mod sipp;
pub mod sound;

use crate::place::Lab;
use crate::{Result, folders, say};

/// What to play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// How many agents have a phone, beginning with 1001.
    pub agents: u32,
    /// Calls per minute.
    pub rate: f64,
}

impl Plan {
    /// The rate that these agents can about answer: a call keeps an agent busy for almost a minute (ringing, talk, wrap-up),
    /// and a call centre plans for agents that are busy most of the time.
    pub fn usual_rate(agents: u32) -> f64 {
        f64::from(agents)
    }
}

/// Phones and callers at work. Killed when dropped.
pub struct Traffic {
    phones: Option<sipp::Running>,
    callers: Option<sipp::Running>,
}

impl Traffic {
    /// Registers the phones, then lets the callers come.
    ///
    /// # Errors
    /// When sipp cannot be started, or the phones cannot register.
    pub async fn start(lab: &Lab, plan: Plan) -> Result<Self> {
        let folder = folders::made(lab.folder.join("traffic"))?;
        let speech = sound::speech(&lab.asterisk.root, &folder)?;
        let phones = match plan.agents {
            0 => None,
            agents => Some(phones::start(&folder, &speech, lab.ports.sip, agents).await?),
        };
        let callers = if plan.rate > 0.0 { Some(callers::start(&folder, &speech, lab.ports.sip, plan.rate)?) } else { None };
        Ok(Self { phones, callers })
    }

    /// Says so, once, when phones or callers have ended by themselves.
    pub fn check(&mut self) {
        for (what, running) in [("phones", &mut self.phones), ("callers", &mut self.callers)] {
            if let Some(ended) = running.take_if(|running| !running.is_running()) {
                say::line(format!("the lab's {what} have ended by themselves; see {}", ended.errors.display()));
            }
        }
    }

    /// The callers leave first, so that no phone rings for nobody.
    pub async fn stop(self) {
        for running in [self.callers, self.phones].into_iter().flatten() {
            running.stop().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_agents_get_about_twelve_calls_a_minute() {
        assert!((Plan::usual_rate(12) - 12.0).abs() < 0.01);
    }
}
