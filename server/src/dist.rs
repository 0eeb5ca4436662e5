//! `pinfold dist`: the front end for a static host, with the headers that its server would send.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pinfold_api::paths;
use sha2::{Digest as _, Sha384};

use crate::StartError;
use crate::assets::{self, INDEX};
use crate::config::{ConfigError, DistWanted};

/// Makes the folder, and snippets for nginx and Caddy beside it; answers what to do with them.
pub fn write(wanted: &DistWanted) -> Result<String, StartError> {
    let files = assets::read(&wanted.assets)?;
    if !files.contains_key(INDEX) {
        let reason = "this program was built without its front end; name a folder with one";
        return Err(ConfigError::new("--assets (PINFOLD_ASSETS)", reason).into());
    }
    if wanted.out.exists() {
        let reason = format!("{} is there already; name a new folder", wanted.out.display());
        return Err(ConfigError::new("--out", reason).into());
    }
    let site = Site::make(files, wanted);
    for (name, bytes) in &site.files {
        put(&wanted.out.join(name), bytes).map_err(StartError::Output)?;
    }
    let snippets = [("nginx.conf", site.nginx(wanted)), ("Caddyfile", site.caddy(wanted))];
    for (ending, text) in snippets {
        put(&beside(&wanted.out, ending), text.as_bytes()).map_err(StartError::Output)?;
    }
    Ok(format!(
        "{out} holds the front end of {server}, to lie at {base}\n\
         {out}/_headers and _redirects are for hosts that read them; {nginx} and {caddy} are for those.\n\
         Any other host has to answer the address of each page with {base}index.html.\n\
         Start the server with --allow-origin and the origin of that host, and with --pages-url.",
        out = wanted.out.display(),
        server = origin(wanted),
        base = wanted.base,
        nginx = beside(&wanted.out, "nginx.conf").display(),
        caddy = beside(&wanted.out, "Caddyfile").display(),
    ))
}

fn origin(wanted: &DistWanted) -> String {
    wanted.server.origin().ascii_serialization()
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// `pinfold-dist` → `pinfold-dist.nginx.conf`: not in the folder, for that is published.
fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// The files, and the headers that go with them.
struct Site {
    files: BTreeMap<String, Vec<u8>>,
    headers: Vec<(&'static str, String)>,
}

impl Site {
    fn make(mut files: HashMap<String, Bytes>, wanted: &DistWanted) -> Self {
        // The loader frames the server's own page; it is the server's to give.
        let loader = paths::EMBED.trim_start_matches('/');
        files.retain(|name, _| !name.starts_with(loader));
        let names: Vec<String> = files
            .keys()
            .filter(|name| *name != INDEX && !is_packed(name))
            .map(ToOwned::to_owned)
            .collect();
        let mut site: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (name, bytes) in files {
            site.insert(name, bytes.to_vec());
        }
        if wanted.base != "/" {
            move_below(&mut site, &names, &wanted.base);
        }
        check_programs(&mut site, &names, &wanted.base);
        let page = String::from_utf8_lossy(&site[INDEX]).into_owned();
        let page = with_integrity(page, &site, &names, &wanted.base);
        let policy = assets::policy(&page, Some(&origin(wanted)), &[]);
        replace(&mut site, INDEX, page.into_bytes());
        let json = serde_json::json!({ "server": origin(wanted), "base": wanted.base });
        site.insert(
            paths::PINFOLD_JSON.trim_start_matches('/').to_owned(),
            json.to_string().into(),
        );
        let headers = vec![
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff".to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
            ("Permissions-Policy", crate::layers::PERMISSIONS.to_owned()),
        ];
        let mut site = Self { files: site, headers };
        let text = site.underscore_headers(&wanted.base);
        site.files.insert("_headers".to_owned(), text.into_bytes());
        // As Netlify reads it, where a file that is there comes first.
        let pages = format!("{base}* {base}index.html 200\n", base = wanted.base);
        site.files.insert("_redirects".to_owned(), pages.into_bytes());
        site
    }

    /// As Cloudflare Pages and Netlify read it. A file without a hash in its name is asked for anew.
    fn underscore_headers(&self, base: &str) -> String {
        let mut text = format!("{base}*\n");
        for (name, value) in &self.headers {
            let _ = writeln!(text, "  {name}: {value}");
        }
        for name in self.kept() {
            let _ = write!(text, "{base}{name}\n  Cache-Control: {YEAR}\n");
        }
        text
    }

    /// Files that never change under their name.
    fn kept(&self) -> impl Iterator<Item = &String> {
        self.files.keys().filter(|name| assets::holds_hash(name) && !is_packed(name))
    }

    fn nginx(&self, wanted: &DistWanted) -> String {
        let (base, folder) = (&wanted.base, root(wanted, "nginx"));
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let _ = writeln!(headers, "    add_header {name} \"{value}\" always;");
        }
        format!(
            "# In a server block. A page of the front end is answered with its index.html.\n\
             location {base} {{\n    {folder}\n    gzip_static on;\n{headers}    \
             add_header Cache-Control $pinfold_cache always;\n    \
             try_files $uri {base}{INDEX};\n}}\n\n\
             # In the http block.\n\
             map $uri $pinfold_cache {{\n    default no-cache;\n    \
             \"~-[0-9a-f]{{16}}[._]\" \"{YEAR}\";\n}}\n"
        )
    }

    fn caddy(&self, wanted: &DistWanted) -> String {
        let mut headers = String::new();
        for (name, value) in &self.headers {
            let _ = writeln!(headers, "        {name} \"{value}\"");
        }
        let folder = root(wanted, "caddy");
        let base = &wanted.base;
        format!(
            "# In a site block. A page of the front end is answered with its index.html.\n\
             handle_path {base}* {{\n    {folder}\n    header {{\n{headers}    }}\n    \
             @kept path_regexp -[0-9a-f]{{16}}[._]\n    header @kept Cache-Control \"{YEAR}\"\n    \
             @fresh not path_regexp -[0-9a-f]{{16}}[._]\n    header @fresh Cache-Control no-cache\n    \
             try_files {{path}} /{INDEX}\n    file_server {{\n        precompressed br gzip\n    }}\n}}\n"
        )
    }
}

const YEAR: &str = "public, max-age=31536000, immutable";

/// nginx's `alias` takes the base off, as Caddy's `handle_path` does.
fn root(wanted: &DistWanted, server: &str) -> String {
    let folder = std::path::absolute(&wanted.out).unwrap_or_else(|_| wanted.out.clone());
    match server {
        "nginx" => format!("alias {}/;", folder.display()),
        _ => format!("root * {}", folder.display()),
    }
}

fn is_packed(name: &str) -> bool {
    matches!(ending(name), "br" | "gz")
}

fn ending(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// Puts another text in the place of a file; what was packed from the old one goes.
fn replace(site: &mut BTreeMap<String, Vec<u8>>, name: &str, bytes: Vec<u8>) {
    for ending in ["br", "gz"] {
        site.remove(&format!("{name}.{ending}"));
    }
    site.insert(name.to_owned(), bytes);
}

/// Each address of a file, in whatever file it stands, is one below the base.
fn move_below(site: &mut BTreeMap<String, Vec<u8>>, names: &[String], base: &str) {
    let texts: Vec<String> =
        site.keys().filter(|name| names.contains(name) || *name == INDEX).cloned().collect();
    for text in texts {
        let Ok(before) = std::str::from_utf8(&site[&text]) else { continue };
        let after = names.iter().fold(before.to_owned(), |after, name| {
            after.replace(&format!("/{name}"), &format!("{base}{name}"))
        });
        let after = after.replace("href=/connections", &format!("href={base}connections"));
        if after != before {
            replace(site, &text, after.into_bytes());
        }
    }
}

/// The programs' scripts, which another one adds to the page (`app/pick.js`), are taken only as they
/// are now.
fn check_programs(site: &mut BTreeMap<String, Vec<u8>>, names: &[String], base: &str) {
    let scripts: Vec<&String> = names.iter().filter(|name| ending(name) == "js").collect();
    for picker in &scripts {
        let Ok(before) = std::str::from_utf8(&site[*picker]) else { continue };
        let after = scripts.iter().fold(before.to_owned(), |after, name| {
            let plain = format!("script:\"{base}{name}\"");
            after.replace(&plain, &format!("{plain},integrity:\"{}\"", integrity(&site[*name])))
        });
        if after != before {
            replace(site, picker, after.into_bytes());
        }
    }
}

/// As the attribute has it (Subresource Integrity §3.5).
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// Scripts and styles that the page names are taken only as they are now. What a script fetches, the
/// Wasm, has no attribute for it.
fn with_integrity(
    page: String,
    site: &BTreeMap<String, Vec<u8>>,
    names: &[String],
    base: &str,
) -> String {
    names.iter().fold(page, |page, name| {
        let attribute = match ending(name) {
            "js" => "src",
            "css" => "href",
            _ => return page,
        };
        let hash = integrity(&site[name]);
        let mut page = page;
        for quote in ["", "\""] {
            let plain = format!("{attribute}={quote}{base}{name}{quote}");
            let checked = format!("{plain} integrity=\"{hash}\"");
            // An unquoted value ends at a space or at the end of the tag.
            for end in [" ", ">"] {
                page = page.replace(&format!("{plain}{end}"), &format!("{checked}{end}"));
            }
        }
        page
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(base: &str) -> DistWanted {
        DistWanted {
            server: "https://pinfold.example".parse().expect("a URL"),
            out: "/srv/pinfold".into(),
            base: base.to_owned(),
            assets: crate::config::AssetSource::BuiltIn,
        }
    }

    fn made(base: &str) -> Site {
        let page = "<link href=/style-1a2b3c4d5e6f7a8b.css rel=stylesheet>\
                    <a href=/connections>P</a><script src=/app-1a2b3c4d5e6f7a8b.js></script>\
                    <script>go()</script>";
        let files = [
            ("index.html", page),
            ("index.html.br", "old"),
            ("style-1a2b3c4d5e6f7a8b.css", "a{}"),
            ("boot-1a2b3c4d5e6f7a8b.js", "p={a:{script:\"/app-1a2b3c4d5e6f7a8b.js\",wasm:\"/w\"}}"),
            ("app-1a2b3c4d5e6f7a8b.js", "fetch(\"/app-1a2b3c4d5e6f7a8b_bg.wasm\")"),
            ("app-1a2b3c4d5e6f7a8b.js.gz", "packed"),
            ("app-1a2b3c4d5e6f7a8b_bg.wasm", "\0asm"),
            ("embed.js", "export {}"),
            ("embed.js.br", "packed"),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), Bytes::from(text)));
        Site::make(files.into(), &wanted(base))
    }

    fn text(site: &Site, name: &str) -> String {
        String::from_utf8_lossy(&site.files[name]).into_owned()
    }

    #[test]
    fn the_page_asks_the_server_and_takes_its_files_as_they_are() {
        let site = made("/");
        let json: serde_json::Value =
            serde_json::from_str(&text(&site, "pinfold.json")).expect("JSON");
        let told = serde_json::json!({ "base": "/", "server": "https://pinfold.example" });
        assert_eq!(json, told, "in whatever order");
        let headers = text(&site, "_headers");
        assert!(headers.starts_with("/*\n  Content-Security-Policy: default-src 'none'"));
        assert!(headers.contains("connect-src 'self' https://pinfold.example;"), "{headers}");
        assert!(headers.contains("frame-ancestors 'none'") && headers.contains(" 'sha256-"));
        assert!(headers.contains("/app-1a2b3c4d5e6f7a8b.js\n  Cache-Control: public"), "{headers}");
        let page = text(&site, "index.html");
        let hash = BASE64_STANDARD.encode(Sha384::digest("a{}"));
        let link =
            format!("<link href=/style-1a2b3c4d5e6f7a8b.css integrity=\"sha384-{hash}\" rel");
        assert!(page.contains(&link), "{page}");
        assert_eq!(page.matches("integrity=").count(), 2, "{page}");
        assert!(!site.files.contains_key("index.html.br"), "it is of the page without");
        assert!(site.files.contains_key("app-1a2b3c4d5e6f7a8b.js.gz"));
        assert!(!site.files.keys().any(|name| name.starts_with("embed.js")));
    }

    #[test]
    fn below_a_base_every_address_is() {
        let site = made("/tools/pinfold/");
        let script = text(&site, "app-1a2b3c4d5e6f7a8b.js");
        assert_eq!(script, "fetch(\"/tools/pinfold/app-1a2b3c4d5e6f7a8b_bg.wasm\")");
        assert!(!site.files.contains_key("app-1a2b3c4d5e6f7a8b.js.gz"));
        let page = text(&site, "index.html");
        let hash = BASE64_STANDARD.encode(Sha384::digest(&script));
        let boot = text(&site, "boot-1a2b3c4d5e6f7a8b.js");
        let program = "p={a:{script:\"/tools/pinfold/app-1a2b3c4d5e6f7a8b.js\",integrity:";
        assert!(boot.starts_with(&format!("{program}\"sha384-{hash}\",")), "{boot}");
        let tag = format!("src=/tools/pinfold/app-1a2b3c4d5e6f7a8b.js integrity=\"sha384-{hash}\"");
        assert!(page.contains(&tag) && page.contains("href=/tools/pinfold/connections"), "{page}");
        assert!(!page.contains("=/app-") && !page.contains("=/style-"), "{page}");
        assert!(text(&site, "_headers").starts_with("/tools/pinfold/*\n"));
    }

    #[test]
    fn the_snippets_hold_the_same_policy() {
        let (site, wanted) = (made("/p/"), wanted("/p/"));
        let policy = &site.headers[0].1;
        for text in [site.nginx(&wanted), site.caddy(&wanted)] {
            assert!(text.contains(policy.as_str()) && text.contains("/srv/pinfold"), "{text}");
            assert!(text.contains("/p/") && text.contains("immutable"), "{text}");
        }
    }
}
