/**
 * A dry run: a command does its whole work, permissions and refusals included, what it would lead to is worked out from
 * what then stands in the database, and the transaction is rolled back. Nothing is saved.
 */
import { type Consequences, noConsequences } from './consequences.ts'
import type { Context, Traced } from './context.ts'
import type { Tx } from './db/connect.ts'

/** Works out what the traced changes lead to, inside the transaction that made them. */
export type Foresee = (tx: Tx, traced: readonly Traced[]) => Promise<Consequences>

/** Thrown to end the transaction; never leaves this file. */
class Rehearsed extends Error {
  readonly consequences: Consequences
  constructor(consequences: Consequences) {
    super('rehearsed')
    this.consequences = consequences
  }
}

/**
 * Carries a command out as far as its last line, and takes it all back.
 * @param act the command, with the context it is given
 * @throws what the command itself refuses
 */
export async function rehearse(
  ctx: Context,
  foresee: Foresee,
  act: (ctx: Context) => Promise<unknown>,
): Promise<Consequences> {
  const traced: Traced[] = []
  const end = async (tx: Tx): Promise<never> => {
    throw new Rehearsed(traced.length === 0 ? noConsequences : await foresee(tx, traced))
  }
  try {
    await act({ ...ctx, rehearsal: { traced, end } })
  } catch (error) {
    if (error instanceof Rehearsed) return error.consequences
    throw error
  }
  throw new Error('a command that is rehearsed carries its writes out in one transaction')
}
