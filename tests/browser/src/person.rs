//! Somebody in front of the browser.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};

/// What does not come within this time does not come: a machine that compiles meanwhile is slow, not stuck.
const PATIENCE: Duration = Duration::from_mins(3);
/// A desk, and a phone.
const DESK: u32 = 1280;
const PHONE: u32 = 390;
/// Of a page that is longer, the guide shows the beginning.
const TALLEST: u32 = 1_500;

/// Somebody who uses the console: each verb waits for what it needs, and panics with what is on the page when it does
/// not come.
#[derive(Debug)]
pub struct Person {
    client: Client,
    home: String,
    /// Where screenshots go; nowhere without JavaScript, whose pages look the same.
    shots: Option<PathBuf>,
}

impl Person {
    /// In front of `client`, with the console at `home`; takes screenshots if `with_shots`.
    pub fn new(client: Client, home: &str, with_shots: bool) -> Self {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        Self { client, home: home.to_owned(), shots: with_shots.then_some(target) }
    }

    /// Opens an address below the console's.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn opens(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.home)).await.expect("the page opens");
    }

    /// Signs in.
    ///
    /// # Panics
    /// When there is no door.
    pub async fn signs_in(&self, name: &str, key: &str) {
        self.opens("/entrar").await;
        self.fills("nome", name).await;
        self.fills("chave", key).await;
        self.presses("Entrar").await;
    }

    /// Writes into a field, ticks a box (`sim`), or chooses the option with this value.
    ///
    /// # Panics
    /// When there is no such field or option.
    pub async fn fills(&self, name: &str, value: &str) {
        let field = self.finds(Locator::Css(&format!("[name=\"{name}\"]:not([type=\"hidden\"])"))).await;
        written(&field, value).await;
    }

    /// Chooses the first option that is one, or leaves what is chosen already.
    ///
    /// # Panics
    /// When there is no such field, or nothing to choose.
    pub async fn chooses_any(&self, name: &str) {
        let chosen = self.finds(Locator::Css(&format!("select[name=\"{name}\"]"))).await;
        if chosen.prop("value").await.expect("a field").is_some_and(|value| !value.is_empty()) {
            return;
        }
        let path = format!("select[name=\"{name}\"] option:not([value=\"\"])");
        let option = self.finds(Locator::Css(&path)).await;
        let value = option.attr("value").await.expect("an option").expect("with a value");
        self.fills(name, &value).await;
    }

    /// Chooses the first account for a payment means, from a menu or from the list of the field.
    ///
    /// # Panics
    /// When there is no such field, or no account.
    pub async fn chooses_account(&self, name: &str) {
        if self
            .client
            .find_all(Locator::Css(&format!("select[name=\"{name}\"]")))
            .await
            .expect("a page")
            .is_empty()
        {
            let account = self.finds(Locator::Css("datalist#contas option")).await;
            let account = account.attr("value").await.expect("an option").expect("with a value");
            self.fills(name, &account).await;
        } else {
            self.chooses_any(name).await;
        }
    }

    /// The names of all fields that begin so.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn fields(&self, prefix: &str) -> Vec<String> {
        let found =
            self.client.find_all(Locator::Css(&format!("[name^=\"{prefix}\"]"))).await.expect("a page");
        let mut names = Vec::new();
        for field in found {
            names.extend(field.attr("name").await.expect("a field"));
        }
        names
    }

    /// Presses a button or follows a link with these words. A button in a part that is folded is unfolded first. Every
    /// button sends a form: it waits for the answer, which the next address to be opened would cut off.
    ///
    /// # Panics
    /// When there is none that can be seen, or no answer comes.
    pub async fn presses(&self, words: &str) {
        let words = quoted(words);
        let path = format!(
            "//button[normalize-space()={words}] | //a[normalize-space()={words}] | //summary[normalize-space()={words}]"
        );
        self.finds(Locator::XPath(&path)).await;
        let found = self.client.find_all(Locator::XPath(&path)).await.expect("a page");
        for element in found {
            if element.is_displayed().await.unwrap_or_default() {
                return self.turns_the_page(&element).await;
            }
        }
        panic!("{words} cannot be seen: {}", self.reads().await);
    }

    /// Unfolds what `label` says, fills in the reason, and presses the button in it.
    ///
    /// # Panics
    /// When there is no such thing to do.
    pub async fn confirms(&self, label: &str, reason: &str, fields: &[(&str, &str)]) {
        self.presses(label).await;
        let open = format!("//details[@open][summary[normalize-space()={}]]", quoted(label));
        let part = self.finds(Locator::XPath(&open)).await;
        for (name, value) in fields.iter().chain([("motivo", reason)].iter()) {
            let field =
                part.find(Locator::Css(&format!("[name=\"{name}\"]"))).await.expect("the field is there");
            written(&field, value).await;
        }
        self.turns_the_page(&part.find(Locator::Css("button")).await.expect("a button")).await;
    }

    /// Clicks, and waits until the page of a button is gone.
    async fn turns_the_page(&self, element: &Element) {
        let is_button = element.tag_name().await.expect("an element") == "button";
        let page = self.finds(Locator::Css("html")).await;
        element.click().await.expect("it can be pressed");
        if !is_button {
            return;
        }
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        let is_gone = async {
            while page.tag_name().await.is_ok() {
                looks.tick().await;
            }
        };
        let has_turned = tokio::time::timeout(PATIENCE, is_gone).await.is_ok();
        assert!(has_turned, "the button does nothing: {}", self.reads().await);
    }

    /// Waits until these words are on the page.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn sees(&self, words: &str) {
        let path = format!("//body//*[contains(normalize-space(.), {})]", quoted(words));
        let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(200));
        if let Err(error) = wait.for_element(Locator::XPath(&path)).await {
            panic!("{words:?} is not seen ({error}): {}", self.reads().await);
        }
    }

    /// Opens an address again and again until these words are on its page.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn comes_to_see(&self, path: &str, words: &str) {
        let looks = async {
            loop {
                self.opens(path).await;
                if self.reads().await.contains(words) {
                    return;
                }
            }
        };
        let has_come = tokio::time::timeout(PATIENCE, looks).await.is_ok();
        assert!(has_come, "{path} never says {words:?}: {}", self.reads().await);
    }

    /// Opens an address again and again until a link is on its page, and follows it.
    ///
    /// # Panics
    /// When it does not come.
    pub async fn comes_to_follow(&self, path: &str, link: &str) {
        let looks = async {
            loop {
                self.opens(path).await;
                let found = self.client.find_all(Locator::XPath(link)).await.expect("a page");
                if let Some(link) = found.first() {
                    return link.click().await.expect("it can be followed");
                }
            }
        };
        let has_come = tokio::time::timeout(PATIENCE, looks).await.is_ok();
        assert!(has_come, "{path} never has {link}: {}", self.reads().await);
    }

    /// What stands beside a name in a list of facts.
    ///
    /// # Panics
    /// When there is no such name.
    pub async fn fact(&self, name: &str) -> String {
        let path = format!("//dt[normalize-space()={}]/following-sibling::dd[1]", quoted(name));
        self.finds(Locator::XPath(&path)).await.text().await.expect("text")
    }

    /// What is on the page.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn reads(&self) -> String {
        self.finds(Locator::Css("body")).await.text().await.expect("text")
    }

    /// What each element of a kind says.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn texts_of(&self, selector: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(selector)).await.expect("a page") {
            texts.push(element.text().await.expect("text"));
        }
        texts
    }

    /// Follows the first link whose address matches the selector.
    ///
    /// # Panics
    /// When there is none.
    pub async fn follows(&self, selector: &str) {
        self.finds(Locator::Css(selector)).await.click().await.expect("it can be followed");
    }

    /// A screenshot of the page, as at a desk.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub async fn keeps(&self, name: &str) {
        self.keeps_at(name, DESK).await;
    }

    /// The same, as on a phone.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub async fn keeps_as_on_a_phone(&self, name: &str) {
        self.keeps_at(name, PHONE).await;
        self.client.set_window_size(DESK, 900).await.expect("a window");
    }

    async fn keeps_at(&self, name: &str, width: u32) {
        let Some(folder) = &self.shots else { return };
        self.client.set_window_size(width, 900).await.expect("a window");
        // A window is larger than what it shows of the page.
        let wanted = "window.scrollTo(0, 0); \
                      return document.documentElement.scrollHeight + window.outerHeight - window.innerHeight";
        let height = self.client.execute(wanted, Vec::new()).await.expect("a height");
        let height = height.as_u64().and_then(|height| u32::try_from(height).ok()).unwrap_or(900);
        self.client.set_window_size(width, height.clamp(600, TALLEST)).await.expect("a window");
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("it can be written");
        self.client.set_window_size(width, 900).await.expect("a window");
    }

    /// Whether anything is cut off: the page on a phone, or a table at a desk.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn must_scroll_sideways(&self) -> bool {
        self.client.set_window_size(PHONE, 900).await.expect("a window");
        let page = self.is_wider("html").await;
        self.client.set_window_size(DESK, 900).await.expect("a window");
        page || self.is_wider(".scroll").await
    }

    /// Whether any of what the selector finds holds more than it shows.
    async fn is_wider(&self, selector: &str) -> bool {
        let script =
            "return [...document.querySelectorAll(arguments[0])].some(e => e.scrollWidth > e.clientWidth)";
        let is_wider = self.client.execute(script, vec![selector.into()]).await.expect("an answer");
        is_wider.as_bool().expect("yes or no")
    }

    /// Whether the browser runs no scripts: only then is what `noscript` holds a part of the page.
    ///
    /// # Panics
    /// When the browser fails, or nothing on the page is for those without scripts.
    pub async fn is_without_scripts(&self) -> bool {
        self.finds(Locator::Css("noscript")).await;
        let found = self.client.find_all(Locator::Css("noscript *")).await.expect("a page");
        !found.is_empty()
    }

    /// Closes the browser.
    ///
    /// # Panics
    /// When it does not close.
    pub async fn leaves(self) {
        self.client.close().await.expect("it closes");
    }

    async fn finds(&self, what: Locator<'_>) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(100));
        match wait.for_element(what).await {
            Ok(element) => element,
            Err(error) => panic!("{what:?} is not there ({error})"),
        }
    }
}

/// Writes into a field, ticks it, or chooses from it.
async fn written(field: &Element, value: &str) {
    let kind = field.attr("type").await.expect("a field").unwrap_or_default();
    match field.tag_name().await.expect("a field").as_str() {
        "select" => field.select_by_value(value).await.expect("the option is there"),
        "input" if kind == "checkbox" => {
            if field.is_selected().await.expect("a box") != (value == "sim") {
                field.click().await.expect("it can be ticked");
            }
        }
        _ => {
            field.clear().await.expect("it can be emptied");
            field.send_keys(value).await.expect("it can be written into");
        }
    }
}

/// A text as XPath writes it.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
