// Starts the other emulator with one organisation and one App; prints where it is, as one line of JSON.
import { createEmulator } from "emulate";

const port = Number(process.argv[2]);
const github = await createEmulator({
  service: "github",
  port,
  seed: {
    tokens: { "person-token": { login: "ada", scopes: ["repo", "admin:org", "delete_repo", "user"] } },
    github: {
      users: [{ login: "ada", name: "Ada", email: "ada@example.com" }, { login: "ben", name: "Ben" }],
      orgs: [{ login: "acme", name: "acme", members: [{ login: "ada", role: "admin" }, { login: "ben" }] }],
      repos: [],
      apps: [
        {
          app_id: 7,
          slug: "waypost",
          name: "Waypost",
          permissions: { contents: "write", checks: "write", issues: "write", pull_requests: "write", metadata: "read" },
          events: ["push"],
          installations: [{ installation_id: 100, account: "acme" }],
        },
      ],
    },
  },
});
const key = github.generatedSecrets.find((secret) => secret.kind === "github.app_private_key");
console.log(JSON.stringify({ url: github.url, token: "person-token", app: 7, installation: 100, key: key.value }));
