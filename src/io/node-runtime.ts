import { totalmem } from 'node:os'

/** Of the Node.js that this runs on, such as `26.10.0`. */
export function runtimeVersion(): string {
  return process.versions.node
}

/** That this process may use: of the machine, or of the container that it is in. */
export function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()
}
