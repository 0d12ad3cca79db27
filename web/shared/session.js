/** Who is signed in. Tokens live in this tab's sessionStorage only: closing the tab forgets them. */

/**
 * @typedef {{id: string, refresh: string, expires: number}} Tokens  `expires` in milliseconds of the epoch
 * @typedef {{endpoint: string, clientId: string}} CognitoConfig
 * @typedef {{done: true} | {done: false, answer: (newPassword: string) => Promise<SignIn>}} SignIn
 */

const KEPT = "tsunagu.session";
const EARLY = 60_000; // milliseconds before its end that a token counts as old: clocks differ, requests take time

/** Cognito's no, by the name that it gives: `NotAuthorizedException`, `InvalidPasswordException` … or `Network`. */
export class SignInProblem extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @type {CognitoConfig} */
let cognito;
/** @type {() => Promise<void>} */
let ask;
/** @type {Promise<void> | null} */
let asking = null;
/** @type {Promise<void> | null} */
let renewing = null;

/** @param {CognitoConfig} config @param {() => Promise<void>} signInDialog resolves when a person has signed in */
export function configure(config, signInDialog) {
  cognito = config;
  ask = signInDialog;
}

/** @returns {Tokens | null} */
function kept() {
  const text = sessionStorage.getItem(KEPT);
  return text ? JSON.parse(text) : null;
}

/** @param {string} action @param {object} body @returns {Promise<any>} */
async function call(action, body) {
  let answer;
  try {
    answer = await fetch(cognito.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `AWSCognitoIdentityProviderService.${action}` },
      body: JSON.stringify({ ClientId: cognito.clientId, ...body }),
    });
  } catch {
    throw new SignInProblem("Network", "");
  }
  const said = await answer.json().catch(() => ({}));
  // Real Cognito names the error bare, others prefix a namespace and a hash.
  if (!answer.ok) throw new SignInProblem(String(said.__type ?? answer.status).split("#").pop() ?? "", said.message ?? "");
  return said;
}

/** @param {{IdToken: string, RefreshToken?: string, ExpiresIn: number}} result */
function keep(result) {
  const refresh = result.RefreshToken ?? kept()?.refresh ?? "";
  const tokens = { id: result.IdToken, refresh, expires: Date.now() + 1000 * result.ExpiresIn };
  sessionStorage.setItem(KEPT, JSON.stringify(tokens));
}

/** @param {string} username @param {any} said @returns {SignIn} */
function outcome(username, said) {
  if (said.AuthenticationResult) {
    keep(said.AuthenticationResult);
    return { done: true };
  }
  if (said.ChallengeName !== "NEW_PASSWORD_REQUIRED") throw new SignInProblem("UnknownChallenge", said.ChallengeName ?? "");
  return {
    done: false,
    answer: async (newPassword) =>
      outcome(
        username,
        await call("RespondToAuthChallenge", {
          ChallengeName: said.ChallengeName,
          Session: said.Session,
          ChallengeResponses: { USERNAME: said.ChallengeParameters?.USER_ID_FOR_SRP ?? username, NEW_PASSWORD: newPassword },
        }),
      ),
  };
}

/** @param {string} username @param {string} password @returns {Promise<SignIn>} */
export async function signIn(username, password) {
  const AuthParameters = { USERNAME: username, PASSWORD: password };
  return outcome(username, await call("InitiateAuth", { AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
}

export async function signOut() {
  const tokens = kept();
  sessionStorage.removeItem(KEPT);
  if (!tokens?.refresh) return;
  // Without a network the token dies by its own age; this tab has forgotten it in either case.
  await call("RevokeToken", { Token: tokens.refresh }).catch(() => {});
}

/** Asks a person once, however many requests found the door closed. */
async function askOnce() {
  asking ??= ask().finally(() => (asking = null));
  await asking;
}

/** Makes the token fresh, without a person if Cognito lets us; used as well when the API did not accept the one we had. */
export async function renew() {
  renewing ??= (async () => {
    const refresh = kept()?.refresh;
    if (!refresh) return askOnce();
    try {
      const AuthParameters = { REFRESH_TOKEN: refresh };
      keep((await call("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters })).AuthenticationResult);
    } catch (problem) {
      if (problem instanceof SignInProblem && problem.code === "Network") throw problem;
      await signInAgain();
    }
  })().finally(() => (renewing = null));
  await renewing;
}

/** Forgets the tokens and asks a person. */
export async function signInAgain() {
  sessionStorage.removeItem(KEPT);
  await askOnce();
}

/** A token that still lives. @returns {Promise<string>} */
export async function idToken() {
  const tokens = kept();
  if (!tokens || tokens.expires - EARLY < Date.now()) await renew();
  return kept()?.id ?? "";
}

/** What the token says about its owner; only for showing, the API judges for itself. @returns {{username: string, roles: string[]} | null} */
export function who() {
  const payload = kept()?.id.split(".")[1];
  if (!payload) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return { username: claims["cognito:username"] ?? "", roles: [claims["cognito:groups"] ?? []].flat() };
  } catch {
    return null; // a token in a form we do not read still opens the API
  }
}
