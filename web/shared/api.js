/** The centre's API: one way to ask, one kind of problem to handle. */

import { SignInProblem, idToken, renew, signInAgain } from "./session.js";

/** @typedef {"network" | "bad" | "signin" | "forbidden" | "missing" | "busy" | "broken"} ProblemKind */

/** Why there is no answer: the kind says what to try, the message is the API's own sentence, if it had one. */
export class ApiProblem extends Error {
  /** @param {ProblemKind} kind @param {string} [message] */
  constructor(kind, message = "") {
    super(message);
    this.kind = kind;
  }
}

/** @type {Record<number, ProblemKind>} */
const KINDS = { 400: "bad", 401: "signin", 403: "forbidden", 404: "missing", 413: "bad", 422: "bad", 429: "busy" };

let base = "";

/** @param {string} address */
export function configureApi(address) {
  base = address;
}

/** @param {string} address @param {RequestInit} how */
async function ask(address, how) {
  try {
    return await fetch(address, { ...how, headers: { ...how.headers, Authorization: await idToken() } });
  } catch (problem) {
    if (how.signal?.aborted) throw problem;
    if (problem instanceof TypeError || problem instanceof SignInProblem) throw new ApiProblem("network");
    throw problem;
  }
}

/** @param {string} address @param {RequestInit} how @returns {Promise<any>} */
async function answered(address, how) {
  let answer = await ask(address, how);
  // First the refresh token; if the API refuses what that brought too, a person has to sign in.
  for (const mend of [renew, signInAgain]) {
    if (answer.status !== 401) break;
    await mend().catch(() => {
      throw new ApiProblem("network");
    });
    answer = await ask(address, how);
  }
  // A proxy between us and the API may answer with a page of its own.
  const said = await answer.json().catch(() => null);
  if (answer.ok && said !== null) return said;
  throw new ApiProblem(KINDS[answer.status] ?? "broken", said?.Message ?? "");
}

/** @param {string} path @param {Record<string, string | null | undefined>} [query] @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function get(path, query = {}, signal) {
  const given = Object.entries(query).filter((pair) => pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  const address = base + path + (search && `?${search}`);
  return answered(address, { signal });
}

/** Sends a document; it goes out even if the page is closed at that moment. @param {string} path @param {object} body @returns {Promise<any>} */
export async function post(path, body) {
  return answered(base + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: true });
}
