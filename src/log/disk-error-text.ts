import type { DiskError } from '../io/index.ts'

/** What was done to which file, and what the system says of it: what a person looks for first. */
export function diskErrorText({ message, cause }: DiskError): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message
}
