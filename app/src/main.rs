//! All pages in one program, for `trunk serve`. What is shipped are those in `bin`.

#[cfg(target_arch = "wasm32")]
fn main() {
    pinfold_app::mount_all();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this program runs in a browser: cargo xtask run");
}
