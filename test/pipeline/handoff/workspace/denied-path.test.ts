import fc from "fast-check";
import { expect, test } from "vitest";
import { isSecret, pathClass, whyDenied } from "../../../../pipeline/handoff/workspace/denied-path.ts";

test.each([
  ...[
    ".git/config",
    ".git",
    "src/.git/hooks/pre-commit",
    ".GIT/config",
    ".Git",
    ".git ",
    ".git.",
    ".git...",
    "git~1/config",
  ],
  ...[
    ".g\u200cit/config",
    ".gi\u200dt",
    "\u202e.git",
    ".git::$INDEX_ALLOCATION/config",
    ".gi\u0301t",
    "\uff0egit/config",
  ],
  ...[
    ".env",
    ".env.local",
    ".ENV",
    "app/.env.production",
    ".envrc",
    "id_rsa",
    "keys/id_ed25519.pub",
    "server.pem",
    "tls.key",
  ],
  ...[
    ".npmrc",
    "sub/.netrc",
    ".aws/credentials",
    "config/credentials.json",
    ".ssh/config",
    ".git-credentials",
    ".kube/x",
  ],
  ...[
    ".bashrc",
    ".zshenv",
    ".profile",
    ".mcp.json",
    ".vscode/tasks.json",
    ".vscode/SETTINGS.json",
    ".idea/workspace.xml",
  ],
  ...[
    ".husky/pre-commit",
    ".githooks/x",
    "hooks/post-checkout",
    ".pre-commit-config.yaml",
    ".gitmodules",
    ".gitattributes",
  ],
  ...[
    ".claude/settings.json",
    ".devcontainer/devcontainer.json",
    "a.code-workspace",
    "fixtures/HEAD",
    "x.desktop",
    "a.pth",
  ],
])("%j is denied", (path) => {
  expect(pathClass(path)).toBe("denied");
  expect(whyDenied(path, ["**"])).toMatch(/agents may (not|neither)/);
});

test.each([
  ...[".github/workflows/ci.yml", ".GitHub/Workflows/x.yaml", ".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile"],
  ...[".ci/run", "azure-pipelines.yml", ".travis.yml", ".github/actions/a/action.yml", "CODEOWNERS"],
])("%j is for build servers: only where it is allowed", (path) => {
  expect(pathClass(path)).toBe("ci");
  expect(whyDenied(path, [])).toMatch(/build server/);
  expect(whyDenied(path, [path])).toBeNull();
});

test.each([
  ...["package.json", "web/package-lock.json", "Dockerfile", "Makefile", "requirements.txt", "requirements-dev.txt"],
  ...[
    "Cargo.toml",
    "go.mod",
    "pyproject.toml",
    "vite.config.ts",
    "app.csproj",
    "compose.yaml",
    "conftest.py",
    "dev.mk",
  ],
])("%j wants a click", (path) => {
  expect(pathClass(path)).toBe("dependencies");
  expect(whyDenied(path, [])).toBeNull();
});

test.each([
  ...[
    "src/parser.ts",
    "README.md",
    "a/b/c.py",
    ".gitignore",
    ".env.example",
    "docs/git.md",
    "src/environment.ts",
    "key.ts",
  ],
  ...[
    "credentials/login.ts",
    "src/hooks/useThing.ts",
    "header.h",
    "headers/head.ts",
    "src/package.ts",
    ".editorconfig",
  ],
])("%j is plain", (path) => {
  expect(pathClass(path)).toBe("plain");
  expect(isSecret(path)).toBe(false);
});

test("a workflow is allowed by its pattern, its neighbours are not", () => {
  expect(whyDenied(".github/workflows/docs.yml", [".github/workflows/docs.yml"])).toBeNull();
  expect(whyDenied(".github/workflows/release.yml", [".github/workflows/docs.yml"])).not.toBeNull();
});

test("no spelling that a file system could take for .git is anything but denied", () => {
  const unseen = fc.constantFrom("", "\u200b", "\u200c", "\u200d", "\u202a", "\u202e", "\u2060", "\ufeff", "\u0301");
  const letter = (c: string) =>
    fc.constantFrom(c, c.toUpperCase(), String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));
  const spelling = fc.tuple(
    ...[".", "g", "i", "t"].flatMap((c) => [unseen, letter(c)]),
    fc.constantFrom("", ".", " ", "..", ". .", ":x", "::$INDEX_ALLOCATION"),
  );
  fc.assert(
    fc.property(
      spelling,
      fc.constantFrom("", "src/", "a/b/"),
      fc.constantFrom("", "/config"),
      (parts, before, after) => {
        expect(pathClass(`${before}${parts.join("")}${after}`)).toBe("denied");
      },
    ),
  );
});
