//! Every sample of every page, served to one tab of one browser, in every look that a reader may see it in.

mod poses;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use browser::chromium::{Browser, Driver, Outcome};
use browser::served::{Resource, Served, policy};
use poses::POSES;
use serde_json::Value;
use views::{Lang, assets, samples};

/// A page with a fault for every rule, to see that each is noticed.
const FAULTY: &str = "faulty";
const FAULTY_PAGE: &str = include_str!("scripts/faulty.html");
const FAULTY_STYLE: &str = include_str!("scripts/faulty.css");
/// Holds the time at the moment of the samples.
const STANDSTILL: &str = include_str!("scripts/standstill.js");
const FONTS_ARE_THERE: &str = "document.readyState === 'complete' && document.fonts.status === 'loaded' \
     && document.fonts.check('14px \"Golos Text\"', 'Жw')";
const PAGE: &str = "text/html; charset=utf-8";
const SOON: Duration = Duration::from_secs(20);
/// A page of hundreds of rows has much to be looked through.
const PATIENCE: Duration = Duration::from_secs(180);

/// How a reader sees a page.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// How wide the window is.
    pub width: u32,
    /// `light` or `dark`.
    pub theme: &'static str,
    /// The language.
    pub lang: Lang,
}

/// All samples, and the tab that shows them.
pub struct Tab {
    /// The names of the samples, and of what readers bring them to.
    pub names: Vec<String>,
    /// The tab's browser.
    pub browser: Browser,
    served: Served,
    _driver: Driver,
}

/// Something that is wrong with a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: String,
    /// What that means.
    pub what: String,
    /// Where in the page.
    pub element: String,
    /// What exactly was seen.
    pub why: String,
}

/// All findings, each with the pictures in which it is seen.
#[derive(Debug, Default)]
pub struct Findings(BTreeMap<Finding, BTreeSet<String>>);

impl Look {
    /// The name of a sample's picture in this look.
    pub fn picture(self, name: &str) -> String {
        format!("{name}.{}.{}.{}.png", self.width, self.theme, self.lang.code())
    }

    const fn height(self) -> u32 {
        if self.width < 600 { 844 } else { 900 }
    }
}

impl Tab {
    /// Opens it, and serves all samples whose name contains one of these words; no words mean all.
    pub async fn open(wanted: &[String]) -> Outcome<Self> {
        // Told by hand, for a build of several packages at once has more than one to choose from.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut resources: BTreeMap<String, Resource> = BTreeMap::new();
        for asset in assets::ALL {
            resources.insert(asset.url.to_owned(), Resource { mime: asset.mime, bytes: asset.bytes.to_vec() });
        }
        resources.insert("/faulty.css".to_owned(), Resource { mime: "text/css", bytes: FAULTY_STYLE.into() });
        let mut names = Vec::new();
        for lang in Lang::ALL {
            resources.insert(path(FAULTY, lang), Resource { mime: PAGE, bytes: FAULTY_PAGE.into() });
            for (name, html) in samples::all(lang) {
                resources.insert(path(&name, lang), Resource { mime: PAGE, bytes: html.into_bytes() });
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names.extend(POSES.iter().map(|pose| pose.name.to_owned()));
        names.retain(|name| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())));
        let served = Served::start(resources, policy()?).await?;
        let driver = Driver::start().await?;
        let browser = driver.browser("samples").await?;
        browser.is_patient(PATIENCE).await?;
        browser.begins_pages_with(&STANDSTILL.replace("MOMENT", &samples::AT.as_ms().to_string())).await?;
        Ok(Self { names, browser, served, _driver: driver })
    }

    /// Shows a sample, and waits until it is drawn whole. What the browser complains of meanwhile is a finding.
    pub async fn shows(&self, name: &str, look: Look) -> Outcome<Vec<Finding>> {
        self.browser.sized(look.width, look.height()).await?;
        self.browser.themed(look.theme).await?;
        let pose = POSES.iter().find(|pose| pose.name == name);
        let sample = pose.map_or(name, |pose| pose.sample);
        self.browser.goes_to(&self.served.url(&path(sample, look.lang))).await?;
        self.browser.until(&format!("{sample} is drawn with its own letters"), FONTS_ARE_THERE, SOON).await?;
        if let Some(pose) = pose {
            self.browser.until(&format!("{sample} becomes {name}"), pose.script, SOON).await?;
        }
        let complaint =
            |why| Finding { rule: "console".to_owned(), what: "the browser complains".to_owned(), element: String::new(), why };
        Ok(self.browser.complaints().await?.into_iter().map(complaint).collect())
    }

    /// Checks that a script notices, on a page that is full of faults, whatever breaks one of these rules, and that the browser
    /// notices what the policy forbids: whoever finds nothing elsewhere has looked.
    pub async fn notices(&self, script: &str, rules: &[&str]) -> Outcome {
        let look = Look { width: 1280, theme: "dark", lang: Lang::Ru };
        let mut found = self.shows(FAULTY, look).await?;
        found.extend(self.found_by(script).await?);
        let missed = |rule: &&&str| !found.iter().any(|finding| finding.rule == **rule);
        match rules.iter().chain(&["console"]).find(missed) {
            None => Ok(()),
            Some(rule) => Err(format!("a page that breaks the rule \"{rule}\" was looked at, and nothing was noticed").into()),
        }
    }

    /// What a script of the tests finds in the page that is open.
    pub async fn found_by(&self, script: &str) -> Outcome<Vec<Finding>> {
        let said = self.browser.says(script).await?;
        let found = said.as_array().ok_or("the script that looks for findings gives no list")?;
        let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let finding = |one| Finding {
            rule: word(one, "rule"),
            what: word(one, "what"),
            element: word(one, "element"),
            why: word(one, "why"),
        };
        Ok(found.iter().map(finding).collect())
    }
}

impl Findings {
    /// Adds what is seen in a picture.
    pub fn add(&mut self, picture: &str, found: Vec<Finding>) {
        for finding in found {
            self.0.entry(finding).or_default().insert(picture.to_owned());
        }
    }

    /// Says all of it: each rule once, with the elements that break it and the pictures that show them.
    pub fn say(&self) {
        /// Hundreds of rows break a rule alike.
        const ELEMENTS: usize = 12;
        const PICTURES: usize = 4;
        let all: Vec<_> = self.0.iter().collect();
        for found in all.chunk_by(|(one, _), (other, _)| (&one.rule, &one.what) == (&other.rule, &other.what)) {
            for (place, (finding, pictures)) in found.iter().take(ELEMENTS).enumerate() {
                if place == 0 {
                    println!("{}: {}", finding.rule, finding.what);
                }
                println!("    {}", finding.element);
                finding.why.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| println!("        {line}"));
                let some: Vec<&str> = pictures.iter().take(PICTURES).map(String::as_str).collect();
                println!("        in {} pictures: {}", pictures.len(), some.join(" "));
            }
            if found.len() > ELEMENTS {
                println!("    and {} more elements", found.len() - ELEMENTS);
            }
        }
    }

    /// How many different ones there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

fn path(name: &str, lang: Lang) -> String {
    format!("/s/{}/{name}", lang.code())
}
