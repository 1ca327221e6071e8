/** Writes that can be asked what they would lead to: `?dry_run=true` for machines, a second button of the form for people. */
import type { Context } from '../context.ts'
import { rehearse } from '../rehearse.ts'
import { type C, z } from './app.ts'

/** The query of a route whose write can be rehearsed. */
export const dryRunQuery = z.object({
  dry_run: z
    .enum(['true', 'false'], { error: 'validation.choice' })
    .optional()
    .openapi({
      description:
        '`true` answers 200 with what the change would lead to in closed months, and saves nothing. Permissions and ' +
        'refusals are those of the write itself.',
    }),
})

/** The name of the button that asks it of a form. */
export const dryRunField = '_dry_run'

/**
 * Answers a write with its record, or with its consequences where they were asked for.
 * @param write carries it out with the context that it is given, never with the request's own
 */
export async function answerWrite<T extends object, Status extends 200 | 201>(
  c: C,
  status: Status,
  write: (ctx: Context) => Promise<T>,
) {
  const ctx = c.get('ctx')
  if (c.req.query('dry_run') === 'true') return c.json(await rehearse(ctx, c.get('foresee'), write), 200)
  return c.json(await write(ctx), status)
}

/** Whether a request asks what it would lead to: it saves nothing, not even its idempotency key. */
export async function isDryRun(c: C): Promise<boolean> {
  if (c.req.query('dry_run') === 'true') return true
  if (!/form/.test(c.req.header('content-type') ?? '')) return false
  return (await c.req.parseBody())[dryRunField] !== undefined
}
