//! Pages that mean no good: around the frame, and beside it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pinfold_tests::browser::Result;
use pinfold_tests::{Setup, Upstream, UpstreamReply};
use serde_json::json;
use tokio::time::sleep;

use crate::scene::Scene;

/// One page on an origin of its own. What it says is told once that is known.
struct Site {
    origin: String,
    page: Arc<OnceLock<String>>,
    _upstream: Upstream,
}

impl Site {
    async fn start() -> Self {
        let page = Arc::new(OnceLock::<String>::new());
        let told = Arc::clone(&page);
        let upstream = Upstream::bare(move |seen| match told.get() {
            Some(page) if seen.target == "/" => {
                UpstreamReply::with(200, &[("content-type", "text/html; charset=utf-8")], page)
            }
            _ => UpstreamReply::with(404, &[], ""),
        })
        .await;
        let origin = upstream.url().replace("127.0.0.1", "localhost");
        Self { origin, page, _upstream: upstream }
    }

    fn says(&self, page: &str) {
        self.page.set(format!("<!doctype html><title>A page</title>{page}")).expect("one page");
    }

    /// The wizard's frame for a page of this origin, without the loader.
    fn frame(&self, pinfold: &str) -> String {
        format!(r#"<iframe src="{pinfold}/connect?embed=1&amp;origin={}"></iframe>"#, self.origin)
    }
}

/// Two servers, of which only the second lets the page frame it: the first frame stays mute.
pub async fn a_page_that_is_not_listed_gets_no_frame(scene: Scene) -> Result {
    let site = Site::start().await;
    let listed = site.origin.clone();
    let setup = Setup::with(move |config| config.allow_origins = vec![listed.clone()]);
    let allowing = setup.start().await;
    let (refusing, allowing) = (scene.app.url(), allowing.url());
    let hear = "<pre id=heard></pre><script>
        addEventListener('message', ({ origin, data }) => {
          heard.textContent += `${origin} said ${JSON.stringify(data)}\\n`;
        });</script>";
    site.says(&[hear, &site.frame(&refusing), &site.frame(&allowing)].concat());
    let page = &scene.page;
    page.open(&site.origin).await?;
    page.sees(&format!("{allowing} said {{\"type\":\"pinfold:hello\"}}")).await?;
    sleep(Duration::from_secs(1)).await;
    let heard = page.text().await?;
    assert!(!heard.contains(&refusing), "{heard}");
    Ok(())
}

/// Where only the wizard may be framed, a listed page gets nothing else to press.
pub async fn a_listed_page_gets_the_wizard_only(scene: Scene) -> Result {
    let site = Site::start().await;
    let listed = site.origin.clone();
    let setup = Setup::with(move |config| config.allow_origins = vec![listed.clone()]);
    let app = setup.start().await;
    site.says(&format!(r#"<iframe src="{}/"></iframe>"#, app.url()));
    let page = &scene.page;
    page.open(&site.origin).await?;
    page.driver.enter_frame(0).await?;
    page.sees("Open Pinfold in a tab of its own.").await
}

/// A frame beside the wizard's says hello to the page as if it were the wizard, and offers ports to
/// the wizard as if it were the page: it hears nothing, and gets nothing done.
pub async fn a_frame_beside_it_learns_nothing(scene: Scene) -> Result {
    let (site, hostile) = (Site::start().await, Site::start().await);
    let listed = site.origin.clone();
    let setup = Setup::with(move |config| config.allow_origins = vec![listed.clone()]);
    let app = setup.start().await;
    let wanted = json!({ "role": "connector", "origin": site.origin });
    let minted = app.with_access_key().post("/api/v1/sessions", &wanted).await.expect(201);
    let token = minted["token"].as_str().ok_or("no token")?;
    hostile.says(
        "<script>
        const heard = [];
        addEventListener('message', ({ data }) => heard.push(data));
        setInterval(() => {
          parent.postMessage({ type: 'pinfold:hello' }, '*');
          for (let i = 0; i < parent.length; i += 1) {
            if (parent[i] === self) continue;
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data }) => heard.push(data);
            parent[i].postMessage({ type: 'pinfold:port' }, '*', [port2]);
            port1.postMessage({ type: 'session', token: 'theirs' });
          }
          parent.postMessage({ heard }, '*');
        }, 50);</script>",
    );
    let pinfold = app.url();
    let page = format!(
        "<p id=told></p><p id=report></p>
        <script type=module src={pinfold}/embed.js></script>
        <pinfold-connect id=wizard server={pinfold}></pinfold-connect>
        {}<iframe src={}></iframe>
        <script>
        let sessions = 0, reports = 0;
        wizard.fetchSession = async () => {{ sessions += 1; return '{token}'; }};
        for (const name of ['ready', 'error', 'expired', 'exit'])
          wizard.addEventListener('pinfold:' + name, () => told.append(name + ' '));
        addEventListener('message', ({{ data }}) => {{
          if (!data.heard) return;
          reports += 1;
          if (told.textContent && reports > 40)
            report.textContent = `sessions ${{sessions}}, heard ${{JSON.stringify(data.heard)}}`;
        }});</script>",
        site.frame(&pinfold),
        hostile.origin,
    );
    site.says(&page);
    let page = &scene.page;
    page.open(&site.origin).await?;
    page.sees("sessions 1, heard []").await?;
    let told = page.eval("return told.textContent").await?;
    assert_eq!(told, "ready ");
    Ok(())
}
