/** Of the Node.js that this runs on, such as `26.10.0`. */
export function runtimeVersion(): string {
  return process.versions.node
}
