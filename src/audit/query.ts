/** What may be asked of the log, by a page's filter and by a machine alike. */
import { z } from '@hono/zod-openapi'
import { date, id, inOrder, text } from '../http/fields.ts'
import type { AuditFilter } from './store.ts'

export const auditQuery = {
  person_id: id().optional(),
  action: text(60).optional(),
  subject_type: text(60).optional(),
  subject_id: text(60).optional(),
  part_of: id().optional(),
  from: date().optional(),
  to: date().optional(),
}

export const AuditQuery = z.object(auditQuery).refine(...inOrder('from', 'to'))

/** What was not asked is null. @param together the parts of an act stand behind the entry that stands for them */
export function filterOf(asked: z.infer<typeof AuditQuery>, together: boolean): AuditFilter {
  const { person_id = null, action = null, subject_type = null, subject_id = null, part_of = null } = asked
  const { from = null, to = null } = asked
  return { person_id, action, subject_type, subject_id, part_of, together, from, to }
}
