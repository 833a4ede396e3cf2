//! A Chromium of our own: Debian's, driven by Debian's chromedriver, with a profile that is thrown away.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use tokio::time::sleep;

/// Flags without which a browser talks to the network by itself or asks questions.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=ru",
    "--accept-lang=ru",
];

/// What a flow may answer.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The driver's process. It and its browser end with this.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    url: String,
    profiles: PathBuf,
}

impl Driver {
    /// Starts chromedriver on a free port.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Outcome<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process =
            Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.map_err(|error| format!("chromedriver does not start ({error}); apt install chromium-driver"))?;
        let profiles = std::env::temp_dir().join(format!("callsync-browser-{}", process.id()));
        let driver = Self { process, url: format!("http://127.0.0.1:{port}"), profiles };
        let patience = Instant::now() + Duration::from_secs(10);
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if Instant::now() > patience {
                return Err("chromedriver did not answer within 10 seconds".into());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(driver)
    }

    /// Opens a browser with a profile of its own.
    ///
    /// # Errors
    /// When Chromium does not start.
    pub async fn browser(&self, name: &str) -> Outcome<Browser> {
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", self.profiles.join(name).display()))?;
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(&self.url, wishes).await?;
        driver.cdp().send_raw("Emulation.setLocaleOverride", json!({ "locale": "ru" })).await?;
        Ok(Browser { driver })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.profiles));
    }
}

/// A browser.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
}

impl Browser {
    /// Sets the window's size, and whether it is a phone's.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn sized(&self, width: u32, height: u32) -> Outcome {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.asks("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// Sets what the reader's system says of itself: `light` or `dark`, and that nothing is to move.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn themed(&self, theme: &str) -> Outcome {
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.asks("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }

    /// Runs a script of the test in each page from here on, before any of the page's own.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn begins_pages_with(&self, script: &str) -> Outcome {
        self.asks("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
    }

    /// Gives scripts of the test this long to answer.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn is_patient(&self, patience: Duration) -> Outcome {
        Ok(self.driver.set_script_timeout(patience).await?)
    }

    /// Opens a page.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn goes_to(&self, url: &str) -> Outcome {
        Ok(self.driver.goto(url).await?)
    }

    /// The path of the page that is open.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn path(&self) -> Outcome<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// Types into a field, over what stood there.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn types(&self, field: &str, text: &str) -> Outcome {
        let field = self.driver.find(By::Css(field)).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Types wherever the focus is.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn types_into_page(&self, keys: &str) -> Outcome {
        Ok(self.driver.action_chain().send_keys(keys).perform().await?)
    }

    /// Types wherever the focus is, with the shift key held.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn types_with_shift(&self, keys: &str) -> Outcome {
        Ok(self.driver.action_chain().key_down(Key::Shift).send_keys(keys).key_up(Key::Shift).perform().await?)
    }

    /// Opens another tab and looks at that.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn looks_away(&self) -> Outcome {
        let tab = self.driver.new_tab().await?;
        Ok(self.driver.switch_to_window(tab).await?)
    }

    /// Closes the tab that is looked at, and looks at the first of those that are left.
    ///
    /// # Errors
    /// When it was the last.
    pub async fn looks_back(&self) -> Outcome {
        self.driver.close_window().await?;
        let left = self.driver.windows().await?;
        let first = left.first().ok_or("no tab is left")?;
        Ok(self.driver.switch_to_window(first.clone()).await?)
    }

    /// What is written on the tabs, also on those that nobody looks at.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn titles(&self) -> Outcome<Vec<String>> {
        let told = self.asks("Target.getTargets", json!({})).await?;
        let targets = told["targetInfos"].as_array().into_iter().flatten();
        let pages = targets.filter(|target| target["type"] == "page");
        Ok(pages.filter_map(|target| target["title"].as_str().map(str::to_owned)).collect())
    }

    /// Presses a button or a link.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses(&self, button: &str) -> Outcome {
        Ok(self.driver.find(By::Css(button)).await?.click().await?)
    }

    /// Presses the first of these (an XPath) that reads so, apart from the blanks about it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn presses_what_reads(&self, which: &str, words: &str) -> Outcome {
        let path = format!("({which}[contains(normalize-space(.), '{words}')])[1]");
        Ok(self.driver.find(By::XPath(path)).await?.click().await?)
    }

    /// Chooses from a list what reads so.
    ///
    /// # Errors
    /// When there is no such list, or nothing in it reads so.
    pub async fn chooses(&self, list: &str, words: &str) -> Outcome {
        let list = self.driver.find(By::Css(list)).await?;
        Ok(list.find(By::XPath(format!("./option[normalize-space(.) = '{words}']"))).await?.click().await?)
    }

    /// What a script of the test says about the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn says(&self, script: &str) -> Outcome<Value> {
        Ok(self.driver.execute(format!("return ({script})"), Vec::new()).await?.json().clone())
    }

    /// Waits until a script of the test says true; says how long that took.
    ///
    /// # Errors
    /// When it does not within this time.
    pub async fn until(&self, what: &str, script: &str, patience: Duration) -> Outcome<Duration> {
        let began = Instant::now();
        while began.elapsed() < patience {
            // While a page loads there is nothing to ask.
            if self.says(script).await.is_ok_and(|said| said == Value::Bool(true)) {
                return Ok(began.elapsed());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("not within {} s: {what}", patience.as_secs()).into())
    }

    /// What the browser complained of since last asked: forbidden scripts and styles, errors in scripts, files not found.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn complaints(&self) -> Outcome<Vec<String>> {
        let log = self.driver.browser_log().await?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }

    /// What is seen, as a PNG.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn picture(&self) -> Outcome<Vec<u8>> {
        Ok(self.driver.screenshot_as_png().await?)
    }

    /// The cookies of the page that is open, as a browser sends them.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn cookies(&self) -> Outcome<String> {
        let cookies = self.driver.get_all_cookies().await?;
        let pairs: Vec<String> = cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        Ok(pairs.join("; "))
    }

    /// Asks by the DevTools protocol for what WebDriver has no word for.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn asks(&self, command: &str, words: Value) -> Outcome<Value> {
        Ok(self.driver.cdp().send_raw(command, words).await?)
    }

    /// Where the tab that is open can be listened to by the DevTools protocol.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub async fn devtools(&self) -> Outcome<String> {
        let told = self.driver.capabilities().get("goog:chromeOptions").and_then(|options| options["debuggerAddress"].as_str());
        let address = told.ok_or("the browser does not tell where it can be listened to")?;
        Ok(format!("ws://{address}/devtools/page/{}", self.driver.window().await?))
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn closes(self) -> Outcome {
        Ok(self.driver.quit().await?)
    }
}
