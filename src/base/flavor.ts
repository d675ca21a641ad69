/**
 * `Flavor` gives a number a kind: a plain number may be used as a `Term`, and so may a `Term`, but
 * never a `LogIndex`. Mixing the two up is a compile error and costs nothing at run time.
 */
export type Flavor<T, Kind extends string> = T & { readonly __kind?: Kind }
