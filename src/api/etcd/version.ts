/** Storage has a version of two numbers: it does not change with corrections. */
export function storageVersion(version: string): string {
  const [major, minor] = version.split('.')
  return `${major}.${minor}.0`
}
