import CBuild

/// What Package.swift has told the compiler.
enum LibCBuild {
    /// The commit that was built, marked if the tree was changed; `unknown` without git.
    static var commit: String { unsafe String(cString: authres_build_commit()) }
}
