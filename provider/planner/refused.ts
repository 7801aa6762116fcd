/** What a pool remembers of a vendor's no, kept in its record. */
export interface Refused {
  readonly at: string;
  readonly license: string;
  readonly holder: string;
  /** The service plans that the pool allowed then: others may be what helps. Absent: it compared none. */
  readonly plans?: string;
  /** What the vendor said, and what helps. */
  readonly text: string;
}
export interface SoldOut {
  readonly at: string;
  /** Seats that were in use then: there are no more. */
  readonly consumed: number;
  /** The pool's own: another one is a reason to ask again. */
  readonly allotment: number | null;
}
