/** A succession: who stands in whose place from which day on, as the modules that carry their part of it out are told. Pure. */
export interface Succession {
  merger_id: string
  predecessor_ids: readonly string[]
  successor_id: string
  /** the first day under the successor, `2026-07-01` */
  succeeded_on: string
  /** the instant at which it is carried out */
  at: string
}

/** Who holds what an organisation held: the successor for a predecessor, for everybody else itself. */
export function heirOf({ predecessor_ids, successor_id }: Succession, organisation_id: string): string {
  return predecessor_ids.includes(organisation_id) ? successor_id : organisation_id
}
