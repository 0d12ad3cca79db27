/** One softphone, two homes: what the desk may ask and what it is told, whoever answers (docs/decisions/0018-one-softphone-two-homes.md). */

import { LocalSoftphone } from "./local.js";

export { SoftphoneProblem } from "./problem.js";

/**
 * @typedef {{id: string, name: string, type: "routable" | "custom" | "offline"}} Status
 * @typedef {{id: string, name: string, type: "queue" | "agent" | "flow" | "number"}} Destination
 * @typedef {"VOICE" | "CHAT" | "TASK" | "EMAIL"} Channel
 * @typedef {"incoming" | "connecting" | "connected" | "missed" | "rejected" | "error" | "ended"} HeldState
 *   `incoming` is an offered callback, `ended` after-contact work
 *
 * @typedef {object} Held a contact in the agent's hands
 * @property {string} id
 * @property {string | null} initialId
 * @property {Channel} channel
 * @property {string | null} method  the initiation method
 * @property {HeldState} state
 * @property {Date} since  when this state began
 * @property {boolean} accepted
 * @property {boolean} held
 * @property {boolean} muted
 * @property {{id: string, name: string} | null} queue
 * @property {Date | null} queuedAt
 * @property {string | null} customer  number or address
 * @property {string | null} system  the number or address that was called
 * @property {Record<string, string>} attributes
 * @property {string | null} name  of a task or a mail
 * @property {string | null} description  of a task or a mail
 * @property {{id: string, name: string, state: "ringing" | "talking"} | null} consult  the other side of a transfer that this agent has begun
 * @property {boolean} joined  whether all three talk
 * @property {string | null} from  who brings this transfer
 * @property {null | "listening" | "joined"} supervision  a supervisor's own contact by MONITOR
 * @property {boolean} watched  whether a supervisor has joined this agent's call; silent listening is not told
 * @property {Date | null} endsAt  when after-contact work ends by itself
 *
 * @typedef {object} Agent
 * @property {string} id
 * @property {string} username
 * @property {string} name
 * @property {Status} status
 * @property {Date} since  when this status began
 * @property {Status | null} next  the status that follows when the last contact is closed
 * @property {Status[]} statuses
 * @property {Destination[]} destinations
 * @property {Held[]} contacts
 *
 * @typedef {object} Seen what is known now
 * @property {"opening" | "open" | "lost" | "refused"} line  `lost` comes back by itself, `refused` only by `open()`
 * @property {string} why  of a refusal: "token" (sign in again), "agent" (no agent of this centre), or the other side's sentence
 * @property {Agent | null} agent  the last that was told, on a lost line too
 * @property {number} ahead  milliseconds that the other side's clock is ahead of ours
 *
 * @typedef {object} Softphone each command rejects with a SoftphoneProblem
 * @property {(listener: (seen: Seen) => void) => () => void} watch  calls at once with what is known; returns what ends it
 * @property {() => void} open
 * @property {() => Promise<void>} close  leaves the line; the agent stays signed in at the centre
 * @property {() => Promise<void>} signOut
 * @property {(statusId: string) => Promise<void>} setStatus
 * @property {(id: string) => Promise<void>} accept
 * @property {(id: string) => Promise<void>} reject
 * @property {(id: string) => Promise<void>} end
 * @property {(id: string) => Promise<void>} closeWork  ends after-contact work, or clears what was missed
 * @property {(id: string) => Promise<void>} hold
 * @property {(id: string) => Promise<void>} resume
 * @property {(id: string) => Promise<void>} mute
 * @property {(id: string) => Promise<void>} unmute
 * @property {(id: string, destinationId: string) => Promise<void>} transfer  puts the customer on hold and rings the destination
 * @property {(id: string) => Promise<void>} conference  lets all three talk
 * @property {(id: string) => Promise<void>} leave  hands the customer over: cold while it rings, warm after talking
 * @property {(number: string) => Promise<void>} dial
 * @property {(id: string) => Promise<void>} barge
 * @property {(id: string) => Promise<void>} stopListening
 */

/** @param {{home?: string, path?: string} | undefined} config `softphone` of the pages' configuration @param {() => Promise<string>} idToken @returns {Softphone} */
export function openSoftphone(config, idToken) {
  if (config?.home === "local" && config.path) return new LocalSoftphone(config.path, idToken);
  throw new Error(`config.json names no home of the softphone that this page knows (softphone.home is ${config?.home}): deploy pages and configuration together`);
}
