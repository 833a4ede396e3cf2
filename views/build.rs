//! Makes the files that pages load, out of `assets/` and `node_modules/`, and embeds them: each under a name that holds
//! the hash of what is in it, once as it is and once compressed. Reads local files alone, never the network.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::exit;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Style sheets, in the order of the cascade; served as one file.
const STYLES: &[&str] = &[
    "tokens.css",
    "base.css",
    "parts.css",
    "page.css",
    "login.css",
    "live.css",
    "panel.css",
    "forms.css",
    "lists.css",
    "work.css",
    "desk.css",
    "health.css",
    "gallery.css",
];

/// The typeface: the name that the style sheet uses, and the file.
const FONTS: &[(&str, &str)] = &[
    ("golos-latin.woff2", "golos-text-latin-wght-normal.woff2"),
    ("golos-cyrillic.woff2", "golos-text-cyrillic-wght-normal.woff2"),
];

/// htmx and its extension in one file, so that htmx cannot start before the extension is there.
const HTMX: &[&str] = &["htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js"];

/// Our modules, each after those that it imports.
const MODULES: &[&str] = &[
    "clock.js",
    "plural.js",
    "dialog.js",
    "rows.js",
    "panel.js",
    "choice.js",
    "stream.js",
    "live.js",
    "desk.js",
    "pick.js",
    "dirty.js",
    "file.js",
];

/// The icons that pages use, by their Lucide names.
const ICONS: &[&str] = &[
    "activity",
    "arrow-down",
    "arrow-up",
    "arrow-up-to-line",
    "bell",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle",
    "circle-alert",
    "circle-check",
    "circle-dashed",
    "circle-dot",
    "circle-pause",
    "circle-user",
    "circle-x",
    "coffee",
    "gauge",
    "graduation-cap",
    "headset",
    "hourglass",
    "keyboard",
    "life-buoy",
    "log-out",
    "pencil",
    "phone",
    "phone-forwarded",
    "phone-missed",
    "phone-off",
    "plug",
    "rotate-ccw",
    "search",
    "shapes",
    "triangle-alert",
    "unplug",
    "upload",
    "user-check",
    "users",
    "utensils",
    "x",
];

fn main() {
    let views = PathBuf::from(required("CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(required("OUT_DIR"));
    for input in ["build.rs", "assets", "locales", "package-lock.json", "node_modules/.package-lock.json"] {
        println!("cargo::rerun-if-changed={}", views.join(input).display());
    }
    let modules = views.join("node_modules");
    if !modules.join("htmx.org").is_dir() {
        fail("views/node_modules is absent: run `npm ci` in views/ once, then build again");
    }

    let mut files = Files { out: out.clone(), table: String::new() };
    let mut css = read_all(&views.join("assets"), STYLES);
    for (name, file) in FONTS {
        let bytes = read(&modules.join("@fontsource-variable/golos-text/files").join(file));
        let url = files.add(name, "font/woff2", &bytes, false);
        css = css.replace(&format!("url({name})"), &format!("url({url})"));
    }
    files.add("callsync.css", "text/css; charset=utf-8", css.as_bytes(), true);
    files.add("htmx.js", SCRIPT, read_all(&modules, HTMX).as_bytes(), true);
    let mut linked: Vec<(String, String)> = Vec::new();
    for name in MODULES {
        let mut source = without_comments(&text(&views.join("assets").join(name)));
        for (import, url) in &linked {
            source = source.replace(&format!("\"./{import}\""), &format!("\"{url}\""));
        }
        let url = files.add(name, SCRIPT, source.as_bytes(), true);
        linked.push(((*name).to_owned(), url));
    }
    files.add("icon.svg", "image/svg+xml", &read(&views.join("assets/icon.svg")), true);
    write(&out.join("files.rs"), format!("&[\n{}]", files.table).as_bytes());
    write(&out.join("icons.svg"), sprite(&modules.join("lucide-static/icons")).as_bytes());
}

/// A module without what is there for those who read the source: whole lines of comment, and what sets lines in. No text of
/// ours goes over a line's end.
fn without_comments(source: &str) -> String {
    let remark = |line: &str| line.starts_with("//") || (line.starts_with("/**") && line.ends_with("*/"));
    let said = |line: &&str| !line.is_empty() && !remark(line);
    source.lines().map(str::trim).filter(said).map(|line| line.to_owned() + "\n").collect()
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files so far: written to `out`, listed in `table` as Rust.
struct Files {
    out: PathBuf,
    table: String,
}

impl Files {
    /// Embeds a file and returns its URL.
    fn add(&mut self, name: &str, mime: &str, bytes: &[u8], compress: bool) -> String {
        let hash: String = Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        });
        let plain = self.out.join(name);
        write(&plain, bytes);
        let mut gzip = "None".to_owned();
        if compress {
            let packed = self.out.join(format!("{name}.gz"));
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
            write(&packed, &done.unwrap_or_else(|error| fail(&format!("{name}: {error}"))));
            gzip = format!("Some(include_bytes!({packed:?}))");
        }
        let url = format!("/assets/{hash}/{name}");
        let _ = writeln!(
            self.table,
            "Asset {{ name: {name:?}, hash: {hash:?}, url: {url:?}, mime: {mime:?}, bytes: include_bytes!({plain:?}), gzip: {gzip} }},"
        );
        url
    }
}

/// One hidden drawing with a symbol an icon, so that a row names its icon in a few bytes.
fn sprite(icons: &Path) -> String {
    let mut sprite = String::from("<svg class=\"sprite\" aria-hidden=\"true\" focusable=\"false\">");
    for name in ICONS {
        let icon = text(&icons.join(format!("{name}.svg")));
        let inside =
            icon.split_once("<svg").and_then(|(_, rest)| rest.split_once('>')).and_then(|(_, rest)| rest.split_once("</svg>"));
        let Some((drawing, _)) = inside else { fail(&format!("the icon {name} is not as expected")) };
        let drawing: String = drawing.lines().map(str::trim).collect();
        let _ = write!(sprite, "<symbol id=\"icon-{name}\" viewBox=\"0 0 24 24\">{drawing}</symbol>");
    }
    sprite + "</svg>"
}

fn read_all(folder: &Path, names: &[&str]) -> String {
    names.iter().map(|name| text(&folder.join(name)) + "\n").collect()
}

fn text(path: &Path) -> String {
    String::from_utf8(read(path)).unwrap_or_else(|_| fail(&format!("{} is not UTF-8", path.display())))
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| fail(&format!("{}: {error}; run `npm ci` in views/ and build again", path.display())))
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|error| fail(&format!("{}: {error}", path.display())));
}

#[expect(clippy::disallowed_methods, reason = "this is how cargo speaks to a build script")]
fn required(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| fail(&format!("{name} is not set")))
}

fn fail(why: &str) -> ! {
    println!("cargo::error={why}");
    exit(1)
}
