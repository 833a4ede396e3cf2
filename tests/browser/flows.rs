//! What people do with the pages, in a real Chromium. Wants a running CallSync Central with calls in it:
//! `CALLSYNC_TEST_WEB=http://127.0.0.1:8080 CALLSYNC_TEST_LOGIN=e-mail:password cargo test -p browser --test flows [FILTER]`.
//! `cargo lab test pages` plays the calls, one of them from a number that is a script, and those that a flow asks for; with
//! `CALLSYNC_TEST_FLOWS=FILTER,FILTER` it plays some of the flows.

mod flow {
    pub mod calls;
    pub mod desk;
    pub mod front;
    pub mod health;
    pub mod live;
    pub mod lost;
    pub mod menus;
    pub mod orders;
    pub mod smooth;
    pub mod steady;
}

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use browser::Site;
use browser::chromium::{Browser, Driver, Outcome};
use browser::wire::Cable;
use flow::{calls, desk, front, health, live, lost, menus, orders, smooth, steady};
use futures_util::FutureExt;

/// Where a flow plays.
pub struct Stage {
    /// The product, and who signs in.
    pub site: Site,
    /// A browser that nobody has used.
    pub browser: Browser,
    /// The wire between the two.
    pub cable: Cable,
    driver: Driver,
}

impl Stage {
    /// Another browser, that nobody has used either.
    pub async fn another(&self, name: &str) -> Outcome<Browser> {
        let browser = self.driver.browser(name).await?;
        browser.sized(1280, 900).await?;
        Ok(browser)
    }

    /// The address of a page, through the wire.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.cable.address)
    }

    /// The address of a page without the wire, which takes a little time.
    pub fn direct_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.site.address)
    }
}

type Playing<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;
type Flow = (&'static str, fn(&Stage) -> Playing<'_>);

const FLOWS: &[Flow] = &[
    ("front::a_wrong_password_is_told_and_the_right_one_leads_to_live", |stage| Box::pin(front::signs_in(stage))),
    ("front::everything_is_done_by_keyboard_alone", |stage| Box::pin(front::keyboard(stage))),
    ("front::the_language_is_switched_and_stays", |stage| Box::pin(front::language(stage))),
    ("live::clocks_count_and_the_stream_is_heard", |stage| Box::pin(live::counts(stage))),
    ("live::a_wire_that_falls_silent_is_told_and_heals", |stage| Box::pin(live::silence(stage))),
    ("live::a_wire_that_breaks_is_told_and_heals", |stage| Box::pin(live::broken(stage))),
    ("live::a_missed_update_brings_everything_anew", |stage| Box::pin(live::gap(stage))),
    ("live::rows_come_stay_in_order_and_go", |stage| Box::pin(live::rows(stage))),
    ("live::nothing_overflows_at_1280_and_at_390", |stage| Box::pin(live::sizes(stage))),
    ("live::a_session_that_ends_elsewhere_leads_to_the_front", |stage| Box::pin(live::session_ends(stage))),
    ("health::the_page_follows_and_says_when_it_is_old", |stage| Box::pin(health::follows(stage))),
    ("health::a_session_that_ends_elsewhere_leaves_the_numbers", |stage| Box::pin(health::session_ends(stage))),
    ("calls::a_script_for_a_number_is_shown_as_text", |stage| Box::pin(calls::planted(stage))),
    ("calls::an_answer_reaches_the_page_while_fifty_look", |stage| Box::pin(calls::answers(stage))),
    ("steady::calls_come_and_go_without_a_jump", |stage| Box::pin(steady::jumps(stage))),
    ("steady::calls_come_and_go_and_leave_nothing_behind", |stage| Box::pin(steady::nodes(stage))),
    ("smooth::five_hundred_agents_and_three_hundred_calls_stay_smooth", |stage| Box::pin(smooth::big(stage))),
    ("steady::an_update_costs_little", |stage| Box::pin(steady::updates(stage))),
    ("desk::from_signing_in_to_the_end_of_wrap_up_by_keyboard_alone", |stage| Box::pin(desk::keyboard(stage))),
    ("desk::reasons_are_chosen_by_arrows_and_digits_and_dimmed_keys_do_nothing", |stage| Box::pin(menus::reasons(stage))),
    ("desk::two_browsers_of_one_agent_agree", |stage| Box::pin(desk::two(stage))),
    ("desk::a_missed_call_is_listed_and_stops_the_calls", |stage| Box::pin(desk::missed(stage))),
    ("desk::a_call_that_rings_is_in_the_title_of_a_hidden_tab", |stage| Box::pin(desk::title(stage))),
    ("desk::a_session_that_ends_elsewhere_leads_to_the_front_and_back", |stage| Box::pin(lost::session(stage))),
    ("desk::a_lost_network_is_told_and_heals_and_no_order_is_swallowed", |stage| Box::pin(lost::network(stage))),
    ("desk::connections_that_a_router_forgot_are_made_anew", |stage| Box::pin(lost::forgotten(stage))),
    ("desk::a_desk_that_vanished_takes_no_more_calls", |stage| Box::pin(lost::vanished(stage))),
    ("orders::a_panel_follows_its_call_and_ends_it", |stage| Box::pin(orders::follows(stage))),
    ("orders::a_panel_asks_again_until_the_books_know_the_end", |stage| Box::pin(orders::unsettled(stage))),
    ("orders::callers_are_moved_and_agents_are_set", |stage| Box::pin(orders::moves(stage))),
    ("desk::a_program_that_dies_in_a_call_is_told_and_heals", |stage| Box::pin(lost::restart(stage))),
];

#[tokio::main]
async fn main() -> ExitCode {
    let site = match Site::of_environment() {
        Ok(site) => site,
        Err(missing) => {
            println!("browser: 0 of {} flows were run, for {missing}", FLOWS.len());
            return ExitCode::SUCCESS;
        }
    };
    drop(rustls::crypto::ring::default_provider().install_default());
    let words = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let wished = std::env::var("CALLSYNC_TEST_FLOWS").unwrap_or_default();
    let wanted: Vec<String> = words.chain(wished.split(',').filter(|part| !part.is_empty()).map(str::to_owned)).collect();
    let chosen = FLOWS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())));
    let mut failed = 0;
    for (number, (name, flow)) in chosen.enumerate() {
        let began = Instant::now();
        match play(&site, number, *flow).await {
            Ok(()) => println!("{name} ... ok ({:.1} s)", began.elapsed().as_secs_f32()),
            Err(error) => {
                failed += 1;
                println!("{name} ... FAILED");
                // Deeper than what flows have measured.
                error.to_string().lines().for_each(|line| println!("        {line}"));
            }
        }
    }
    println!("browser: {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn play(site: &Site, number: usize, flow: fn(&Stage) -> Playing<'_>) -> Outcome {
    let driver = Driver::start().await?;
    let browser = driver.browser(&number.to_string()).await?;
    let cable = Cable::to(&site.address).await?;
    let stage = Stage { site: site.clone(), browser, cable, driver };
    stage.browser.sized(1280, 900).await?;
    // An assertion that fails must not leave a browser behind.
    let outcome =
        AssertUnwindSafe(flow(&stage)).catch_unwind().await.unwrap_or_else(|_| Err("an assertion failed, see above".into()));
    drop(stage.browser.closes().await);
    outcome
}
