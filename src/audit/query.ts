/** What may be asked of the log, by a page's filter and by a machine alike. */
import { z } from '@hono/zod-openapi'
import { date, id, text } from '../http/fields.ts'
import type { AuditFilter } from './store.ts'

const left = <T extends z.ZodType>(schema: T) => schema.optional()

export const auditQuery = {
  person_id: left(id()),
  action: left(text(60)),
  subject_type: left(text(60)),
  subject_id: left(text(60)),
  part_of: left(id()),
  from: left(date()),
  to: left(date()),
}
type Days = { from?: string | undefined; to?: string | undefined }

/** For an object that holds both days: either may be left open. */
export const daysInOrder = [
  ({ from, to }: Days) => from === undefined || to === undefined || from <= to,
  { path: ['to'], message: 'validation.end_before_start' },
] as [(value: Days) => boolean, { path: string[]; message: string }]

export const AuditQuery = z.object(auditQuery).refine(...daysInOrder)

/** What was not asked is null. @param together the parts of an act stand behind the entry that stands for them */
export function filterOf(asked: z.infer<typeof AuditQuery>, together: boolean): AuditFilter {
  const { person_id = null, action = null, subject_type = null, subject_id = null, part_of = null } = asked
  const { from = null, to = null } = asked
  return { person_id, action, subject_type, subject_id, part_of, together, from, to }
}
