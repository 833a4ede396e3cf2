//! What readers bring a page to, by doing something or by waiting: each by the page's own scripts.

/// A sample in a state that it is not drawn in.
pub struct Pose {
    /// What it is called.
    pub name: &'static str,
    /// The sample that it begins with; what follows a question mark, the page's own scripts read in its address.
    pub sample: &'static str,
    /// Brings the page there and says whether it has come there; asked until it says so.
    pub script: &'static str,
}

/// All of them.
pub const POSES: [Pose; 15] = [
    Pose { name: "live-heads", sample: "live-day", script: HEADS },
    Pose { name: "live-stale", sample: "live-day", script: HEARS_NOTHING },
    Pose { name: "live-frozen", sample: "live-day", script: HELD },
    Pose {
        name: "live-nobody-found",
        sample: "live-picked?find=%D0%BD%D0%B5%D1%82&state=in-call&sort=queue-longest",
        script: "true",
    },
    Pose { name: "live-call-asked", sample: "live-call-talking", script: ASKED },
    Pose { name: "live-agent-asked", sample: "live-agent-talking", script: ASKED },
    Pose { name: "desk-stale", sample: "desk-talking", script: HEARS_NOTHING },
    Pose { name: "desk-reasons", sample: "desk-ready", script: REASONS },
    Pose { name: "desk-keys", sample: "desk-ready", script: KEYS },
    Pose { name: "gallery-forms", sample: "gallery#forms", script: "!!document.querySelector('.chapter:target')" },
    Pose { name: "gallery-lists", sample: "gallery#lists", script: "!!document.querySelector('.chapter:target')" },
    Pose { name: "gallery-work", sample: "gallery#work", script: "!!document.querySelector('.chapter:target')" },
    Pose { name: "gallery-picked", sample: "gallery#lists", script: PICKED },
    Pose { name: "gallery-compared", sample: "gallery#forms", script: COMPARED },
    Pose { name: "gallery-asked", sample: "gallery#work", script: ASKED },
];

/// Seven seconds of silence, on a page whose time stands still otherwise.
const HEARS_NOTHING: &str = "(performance.now = () => 7000, !document.getElementById('stale').hidden)";

/// Somebody is in the table of calls while two of them end.
const HELD: &str = "(() => { \
    document.querySelector(`.tabs a[href='#calls']`).click(); \
    document.querySelector('#call-rows a').focus(); \
    const ends = [...document.querySelectorAll('#call-rows tr[id]')].slice(2, 4); \
    const text = ends.map(({ id }) => `<hx-partial hx-target='#${id}' hx-swap='leave'></hx-partial>`).join(''); \
    window.ended ??= htmx.swap({ text, sourceElement: document.getElementById('live'), swap: 'none' }); \
    return [...document.querySelectorAll('.frozen')].some((line) => !line.hidden); })()";

/// The keyboard has reached the heads of a list, which a phone shows to nobody else.
const HEADS: &str = "(document.querySelector('.queues thead button').focus(), !!document.querySelector('thead :focus'))";

/// What is dangerous asks first.
const ASKED: &str = "(document.querySelector('[data-opens]').click(), !!document.querySelector('dialog:modal'))";

const REASONS: &str = "!!document.querySelector('#reasons:popover-open') || !document.dispatchEvent(new KeyboardEvent('keydown', \
    { key: 'F4', bubbles: true, cancelable: true }))";

const KEYS: &str = "!!document.querySelector('#keys:popover-open') || \
    (document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true })), false)";

/// Two rows of a table are picked.
const PICKED: &str = "(() => { const boxes = [...document.querySelectorAll('.bulk tbody .pick input')].slice(1, 3); \
    for (const box of boxes) if (!box.checked) box.click(); \
    return !!document.querySelector('.chapter:target') && document.querySelector('.bulk .act-bar').checkVisibility(); })()";

/// What has changed in a form is compared with what is kept.
const COMPARED: &str = "!!document.querySelector('.compares:modal') || (document.querySelector('.compare').click(), false)";
