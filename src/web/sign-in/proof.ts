/** What is dangerous asks for a proof of who somebody is that is not older than this. */
const proofMs = 10 * 60_000

/** Whether a session's person has proven who they are lately enough for what is dangerous. */
export function isProven(provenAt: Date | undefined, now: Date): boolean {
  return provenAt !== undefined && now.getTime() - provenAt.getTime() < proofMs
}
