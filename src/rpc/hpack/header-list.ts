/** What a header block says. */

/** RFC 7541 §4.1 and RFC 9113 §6.5.2: what a field counts beyond its name and its value. */
export const FIELD_OVERHEAD_BYTES = 32

/** One value for all lists that hold nothing. */
const NO_FIELDS: readonly string[] = []

/**
 * A decoded header block. The same object comes back for the same bytes while what they refer to is
 * the same, so nobody changes it; only `note` is for the layer above.
 */
export class HeaderList {
  /** Name, value, name, value …; latin1, one character an octet, as they came. */
  readonly fields: readonly string[]
  /** RFC 9113 §6.5.2: names and values, and 32 for each field. */
  readonly size: number
  /** The size is above the limit: `fields` is empty, but the dynamic table was kept in step. */
  readonly tooLarge: boolean
  /**
   * Null at first; the layer above keeps here what it made of the list, so that a block that comes
   * again costs nothing.
   */
  note: unknown = null

  constructor(fields: readonly string[] | null, size: number) {
    this.fields = fields ?? NO_FIELDS
    this.size = size
    this.tooLarge = fields === null
  }
}
