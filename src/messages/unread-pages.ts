/** What is unread, for the navigation of every page: asked once, for people who look at a page. */
import type { MiddlewareHandler } from 'hono'
import { may, transact } from '../context.ts'
import type { AppEnv } from '../http/app.ts'
import { unreadSubjects } from './store.ts'

export const unreadMessages: MiddlewareHandler<AppEnv> = async (c, next) => {
  const ctx = c.get('ctx')
  const { actor } = ctx
  const looks = c.req.method === 'GET' && !/^\/(api|hsds|assets)\b|\.\w{2,4}$/.test(c.req.path)
  if (looks && actor.kind === 'member' && actor.person_id !== null && may(actor, 'message.read')) {
    const { person_id } = actor
    c.set('unread', new Set(await transact(ctx, (tx) => unreadSubjects(tx, person_id))))
  }
  await next()
}
