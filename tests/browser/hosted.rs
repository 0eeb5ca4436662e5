//! The front end on a static host: nginx serves what `pinfold dist` wrote, below a path, from another
//! origin than the server's.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use pinfold::config::{AssetSource, DistWanted};
use pinfold::dist;
use pinfold_tests::browser::Result;
use pinfold_tests::{ACCESS_KEY, Issuer, Setup};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Duration, sleep};
use url::Url;

use crate::provided::{self, vouched_for};
use crate::safe::{LISTEN, TOLD};
use crate::scene::Scene;

const BASE: &str = "/tools/pinfold/";
/// What the written file says before the part that is not for the server block.
const HTTP_BLOCK: &str = "# In the http block.\n";

/// nginx with the files and the snippet of `pinfold dist`.
struct Host {
    process: Child,
    _folder: TempDir,
}

impl Host {
    async fn start(server: &str, port: u16) -> Result<Self> {
        let folder = TempDir::with_prefix("pinfold-nginx-")?;
        let out = folder.path().join("site");
        dist::write(&DistWanted {
            server: Url::parse(server)?,
            out: out.clone(),
            base: BASE.to_owned(),
            assets: AssetSource::Folder(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist")),
        })?;
        let snippet = fs::read_to_string(out.with_extension("nginx.conf"))?;
        let (in_server, in_http) = snippet.split_once(HTTP_BLOCK).ok_or("two parts")?;
        let at = folder.path().display();
        let text = format!(
            "daemon off; master_process off; pid {at}/pid; error_log stderr;
            events {{}}
            http {{
              access_log off; client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;
              fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;
              types {{ text/html html; text/css css; text/javascript js; application/wasm wasm;
                application/json json; }}
              {in_http}
              server {{ listen 127.0.0.1:{port}; {in_server} }}
            }}"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, text)?;
        let nginx = env::var("PINFOLD_NGINX").map_err(|_| "PINFOLD_NGINX names no nginx")?;
        let process = Command::new(nginx)
            .args(["-e", "stderr", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()?;
        let host = Self { process, _folder: folder };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(host);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Err("nginx does not listen".into())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sign in to a bearer, connect, reload, open an address deep inside; sign out, and in again at the
/// organisation's own provider.
pub async fn a_static_host_and_the_server(scene: Scene) -> Result {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    // Another site than 127.0.0.1, to a browser.
    let origin = format!("http://localhost:{port}");
    let listed = origin.clone();
    let sign_in = Url::parse(&format!("{origin}{BASE}sign-in"))?;
    let issuer = Issuer::start().await;
    let provider = issuer.url();
    let setup = Setup::with(move |config| {
        config.allow_origins = vec![listed.clone()];
        config.assets = AssetSource::None;
        provided::offer(config, &provider, std::slice::from_ref(&sign_in));
    });
    let scene = Scene { app: setup.start().await, page: scene.page };
    let _host = Host::start(&scene.app.url(), port).await?;
    let page = &scene.page;
    page.open(&format!("{origin}{BASE}")).await?;
    page.fill("Access key", ACCESS_KEY).await?;
    page.eval(LISTEN).await?;
    page.press("Sign in").await?;
    page.sees("No connections yet").await?;
    let unchecked = "return [...document.scripts].filter(it => it.src && !it.integrity).length";
    assert_eq!(page.eval(unchecked).await?, 0);
    page.follow("Add").await?;
    page.find("button", "Get PIN").await?;
    page.eval(LISTEN).await?;
    scene.authenticate().await?;
    page.press("OK").await?;
    page.follow("brief").await?;
    page.find("heading", "Edit connection…").await?;
    page.eval(LISTEN).await?;

    let deep = page.driver.current_url().await?;
    let below = deep.as_str().strip_prefix(&format!("{origin}{BASE}")).expect("below the base");
    assert!(below.starts_with("connections/"), "{deep}");
    let connection = format!("/api/v1/{below}");
    page.driver.refresh().await?;
    page.find("heading", "Edit connection…").await?;
    assert_eq!(page.eval(TOLD).await?, "");
    assert_eq!(page.eval("return document.cookie").await?, "");

    page.press("Sign out").await?;
    page.find("button", "Sign in").await?;
    page.open(deep.as_str()).await?;
    page.find("button", "Sign in").await?;
    let deleted = scene.app.with_access_key().delete(&connection).await.expect(200);
    assert_eq!(deleted["revoked"], true);
    vouched_for(page, &issuer, scene.app.clock.now()).await?;
    let here = page.driver.current_url().await?;
    assert!(here.as_str().starts_with(&format!("{origin}{BASE}")), "{here}");
    Ok(())
}
