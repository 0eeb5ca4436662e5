//! The program of apps, keys, activity, export and import.

#[cfg(target_arch = "wasm32")]
fn main() {
    pinfold_app::mount_admin();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this program runs in a browser: cargo xtask run");
}
