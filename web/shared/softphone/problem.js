/** Why a command came to nothing: nobody answered (`lost`), or the other side said no (`refused`, and the message is its sentence). */
export class SoftphoneProblem extends Error {
  /** @param {"lost" | "refused"} kind @param {string} [message] */
  constructor(kind, message = "") {
    super(message);
    this.kind = kind;
  }
}
