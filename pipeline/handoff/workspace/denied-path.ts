import ignore from "ignore";

/**
 * What a path is, by its name alone: "denied" is never changed; "ci" only where the user has allowed it, and then with a click;
 * "dependencies" decide what runs on this machine, and want a click too.
 */
export type PathClass = "plain" | "dependencies" | "ci" | "denied";

/** @param path relative to the workspace, with "/" between folders */
export function pathClass(path: string): PathClass {
  const names = path.split("/").map(plainName);
  if (isSecretNames(names) || isProtected(names)) return "denied";
  if (isCi(names)) return "ci";
  return isDependencies(names) ? "dependencies" : "plain";
}

/** Whether a file is likely to hold a secret: such files are neither shown to an agent nor copied for one. */
export function isSecret(path: string): boolean {
  return isSecretNames(path.split("/").map(plainName));
}

/** Git's own folder or the file that stands for it, however it is written. */
export function isGitInternal(path: string): boolean {
  return path.split("/").some((name) => gitNames.has(plainName(name)));
}

/**
 * Why a path may not be changed; null when it may.
 * @param ciAllowed patterns as in .gitignore, of files for automatic builds that the user lets agents change
 */
export function whyDenied(path: string, ciAllowed: readonly string[]): string | null {
  const kind = pathClass(path);
  if (kind === "ci" && !ignore().add(ciAllowed).ignores(path))
    return `"${path}" decides what a build server runs, so agents may not change it. Change it yourself.`;
  if (kind !== "denied") return null;
  if (isSecret(path)) return `"${path}" may hold secrets, so agents may neither read nor change it.`;
  return `"${path}" decides what runs on this machine by itself, so agents may not change it. Change it yourself.`;
}

/** Names that some file system takes for the same: case, accents, unseen marks, dots and spaces at the end, NTFS streams. */
function plainName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "")
    .trimStart();
}

const gitNames = new Set([".git", "git~1", ".hg", ".svn", ".bzr", ".jj"]);

const secretNames = new Set(
  [
    ".npmrc .yarnrc .yarnrc.yml .pypirc .netrc _netrc .pgpass .my.cnf .htpasswd .git-credentials .dockercfg .vault-token",
    ".boto .s3cfg .terraformrc kubeconfig credentials credentials.json credentials.yml credentials.yaml credentials.toml",
    "secrets.json secrets.yml secrets.yaml secrets.toml service-account.json master.key wallet.dat .password-store",
    ".ssh .gnupg .aws .azure .kube .docker .gcloud",
  ]
    .join(" ")
    .split(" "),
);
const secretPattern =
  /^\.env(rc)?$|^\.env[.-]|^id_(rsa|dsa|ecdsa|ed25519|xmss)|\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|gpg|asc|age|tfstate|mobileprovision)$|\.tfstate\.backup$|^\.env.*\.(vault|local)$/;
const harmlessEnvironment = /^\.env\.(example|sample|template|dist|defaults)$/;

function isSecretNames(names: readonly string[]): boolean {
  return names.some((name, index) => {
    const listed = secretNames.has(name) && (name.startsWith(".") || index === names.length - 1);
    return listed || (secretPattern.test(name) && !harmlessEnvironment.test(name));
  });
}

// What programs run by themselves when a folder is opened, a shell starts, or git does something.
const protectedNames = new Set(
  [
    ".gitmodules .gitattributes .gitconfig .lfsconfig .husky .githooks .git-hooks .hooks lefthook.yml .lefthook.yml",
    "lefthook.yaml .lefthook.yaml .pre-commit-config.yaml .pre-commit-config.yml .overcommit.yml .lintstagedrc",
    ".bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout",
    ".cshrc .tcshrc .kshrc .inputrc .xinitrc .xprofile .xsession .tmux.conf .screenrc .vimrc .nvimrc .exrc .gvimrc",
    ".nvim.lua .emacs .dir-locals.el .gdbinit .lldbinit .pythonrc .pythonrc.py .irbrc .pryrc .rprofile .ripgreprc",
    ".wgetrc .curlrc .mcp.json mcp.json .envrc .direnv .autoenv .pam_environment authorized_keys crontab .crontab",
    ".devcontainer .devcontainer.json .idea .fleet .claude .claude.json .cursor .windsurf .codex .gemini .qwen .goose .opencode",
    "opencode.json opencode.jsonc sotto.config.json sitecustomize.py usercustomize.py .code-workspace",
  ]
    .join(" ")
    .split(" "),
);
const protectedPlaces = [
  /(^|\/)\.vscode\/(tasks|launch|settings|mcp|extensions)\.json$/,
  /\.code-workspace$/,
  /(^|\/)\.config\/(fish|nvim|autostart|systemd|git)(\/|$)/,
  /(^|\/)\.zed\/(tasks|settings|debug)\.json$/,
  /(^|\/)\.local\/(bin|share\/systemd|share\/applications)(\/|$)/,
  /\.(desktop|lnk|scpt|pth)$/,
  /(^|\/)hooks\/(applypatch-msg|commit-msg|fsmonitor-watchman|post-\w+|pre-[\w-]+|prepare-commit-msg|update)(\.\w+)?$/,
];

function isProtected(names: readonly string[]): boolean {
  if (names.some((name) => gitNames.has(name) || protectedNames.has(name))) return true;
  // Beside "objects" and "refs" it would make a folder a repository, with settings that run commands.
  if (names.at(-1) === "head") return true;
  const path = names.join("/");
  return protectedPlaces.some((place) => place.test(path));
}

const ciPlaces = [
  /(^|\/)\.(github|gitea|forgejo)\/(workflows|actions)(\/|$)/,
  /(^|\/)\.github\/(dependabot\.ya?ml|codeowners)$/,
  /(^|\/)\.(circleci|buildkite|semaphore|woodpecker|drone|teamcity|azure-pipelines|gitlab|ci)(\/|$)/,
  /(^|\/)\.gitlab-ci[^/]*\.ya?ml$/,
  /(^|\/)\.?(travis|appveyor|drone|woodpecker|cirrus|azure-pipelines|bitbucket-pipelines|buildspec|cloudbuild|codefresh|wercker|screwdriver)\.ya?ml$/,
  /(^|\/)(jenkinsfile[^/]*|codeowners|earthfile|renovate\.json5?|\.renovaterc(\.json)?)$/,
  /\.jenkinsfile$/,
];

function isCi(names: readonly string[]): boolean {
  const path = names.join("/");
  return ciPlaces.some((place) => place.test(path));
}

const dependencyNames = new Set(
  [
    "package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock bun.lockb deno.json",
    "deno.jsonc deno.lock .pnpmfile.cjs pnpmfile.js bower.json jsr.json lerna.json",
    "pyproject.toml poetry.lock pdm.lock uv.lock pipfile pipfile.lock setup.py setup.cfg conda.yaml conda.yml environment.yml",
    "environment.yaml tox.ini noxfile.py conftest.py cargo.toml cargo.lock build.rs rust-toolchain rust-toolchain.toml go.mod go.sum",
    "go.work go.work.sum gemfile gemfile.lock gems.rb gems.locked rakefile composer.json composer.lock pom.xml mvnw gradlew",
    "build.gradle build.gradle.kts settings.gradle settings.gradle.kts gradle.properties gradle.lockfile build.sbt build.xml",
    "nuget.config packages.config packages.lock.json global.json directory.build.props directory.build.targets mix.exs mix.lock",
    "rebar.config pubspec.yaml pubspec.lock package.swift package.resolved podfile podfile.lock cartfile cartfile.resolved",
    "flake.nix flake.lock shell.nix default.nix dockerfile containerfile compose.yml compose.yaml docker-compose.yml",
    "docker-compose.yaml docker-bake.hcl vagrantfile procfile makefile gnumakefile cmakelists.txt meson.build configure configure.ac",
    "justfile .justfile taskfile.yml taskfile.yaml sconstruct wscript build.zig build.zig.zon workspace module.bazel build.bazel",
    "workspace.bazel .bazelrc conanfile.txt conanfile.py vcpkg.json gruntfile.js gulpfile.js .tool-versions .nvmrc .node-version",
    ".python-version .ruby-version mise.toml .mise.toml manifest.in",
  ]
    .join(" ")
    .split(" "),
);
const dependencyPlaces = [
  /(^|\/)(requirements|constraints)[^/]*\.(txt|in)$/,
  /(^|\/)requirements\/[^/]+\.(txt|in)$/,
  /\.(csproj|fsproj|vbproj|vcxproj|sln|props|targets|gemspec|cabal|nimble|podspec|mk|cmake|gradle|gradle\.kts|nix|bzl)$/,
  /(^|\/)(dockerfile|containerfile|makefile)\.[^/]+$/,
  /\.dockerfile$/,
  /(^|\/)docker-compose[^/]*\.ya?ml$/,
  /(^|\/)gradle\/(wrapper\/|libs\.versions\.toml$)/,
  /(^|\/)\.cargo\/config(\.toml)?$/,
  /(^|\/)\.mvn\//,
  /(^|\/)\.yarn\//,
  /(^|\/)(\.babelrc[^/]*|[\w.-]+\.config\.([cm]?[jt]s|json)|\.eslintrc[^/]*|\.mocharc[^/]*|\.prettierrc[^/]*)$/,
];

function isDependencies(names: readonly string[]): boolean {
  const path = names.join("/");
  return dependencyNames.has(names.at(-1) ?? "") || dependencyPlaces.some((place) => place.test(path));
}
