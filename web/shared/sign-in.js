/** The sign-in dialog. It opens over whatever was there, so that an expired session costs no view and nothing typed. */

import { el } from "./dom.js";
import { language, switchLanguage, t } from "./i18n.js";
import { SignInProblem, signIn } from "./session.js";

/** @typedef {import("./session.js").SignIn} SignIn */

/** @param {unknown} problem */
function explain(problem) {
  if (!(problem instanceof SignInProblem)) throw problem;
  switch (problem.code) {
    case "NotAuthorizedException":
    case "UserNotFoundException":
      return t("signin.wrong");
    case "InvalidPasswordException":
      return t("signin.weak", { why: problem.message });
    case "PasswordResetRequiredException":
    case "UserNotConfirmedException":
      return t("signin.reset");
    case "TooManyRequestsException":
    case "LimitExceededException":
      return t("signin.often");
    case "Network":
      return t("signin.network");
    default:
      return t("signin.other", { why: problem.message || problem.code });
  }
}

/** @param {string} id @param {string} label @param {Record<string, string>} attributes */
function field(id, label, attributes) {
  const input = el("input", { id, name: id, required: true, ...attributes });
  return { input, row: el("label", { for: id }, t(label), input) };
}

/** Shows the dialog until somebody is signed in. @param {boolean} again whether a view lies beneath that they come back to @returns {Promise<void>} */
export function askToSignIn(again) {
  const dialog = el("dialog", { class: again ? "signin" : "signin first", "aria-labelledby": "signin-title" });
  // Escape closes what can be done without; without signing in there is nothing to see.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  return new Promise((resolve) => {
    /** @type {Extract<SignIn, {done: false}> | null} */
    let challenge = null;
    let typed = "";

    function draw() {
      const name = field("username", "signin.username", { autocomplete: "username", autocapitalize: "none", spellcheck: "false" });
      const password = challenge
        ? field("new-password", "signin.new-password", { type: "password", autocomplete: "new-password" })
        : field("password", "signin.password", { type: "password", autocomplete: "current-password" });
      const message = el("p", { class: "message", role: "alert" });
      const button = el("button", { class: "primary" }, t("signin.do"));
      const other = language() === "ja" ? "English" : "日本語";
      const switcher = el("button", { type: "button", class: "quiet", lang: language() === "ja" ? "en" : "ja", onclick: change }, other);
      name.input.value = typed;

      async function change() {
        typed = name.input.value;
        await switchLanguage();
        draw();
      }

      /** @param {Event} event */
      async function submit(event) {
        event.preventDefault();
        button.disabled = true;
        message.textContent = "";
        message.classList.remove("wrong");
        typed = name.input.value.trim();
        try {
          const next = challenge ? await challenge.answer(password.input.value) : await signIn(typed, password.input.value);
          if (next.done) {
            dialog.close();
            dialog.remove();
            resolve();
            return;
          }
          challenge = next;
          draw();
        } catch (problem) {
          message.textContent = explain(problem);
          message.classList.add("wrong");
          password.input.select();
        } finally {
          button.disabled = false;
        }
      }

      const lead = challenge ? "signin.challenge" : again ? "signin.again" : "signin.lead";
      dialog.replaceChildren(
        el(
          "form",
          { onsubmit: submit },
          el("h1", { id: "signin-title" }, t("signin.title")),
          el("p", {}, t(lead)),
          challenge ? null : name.row,
          password.row,
          message,
          el("footer", {}, button, switcher),
        ),
      );
      (challenge || typed ? password.input : name.input).focus();
    }

    dialog.showModal();
    draw();
  });
}
