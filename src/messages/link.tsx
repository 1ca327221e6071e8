/** On the page of a referral, a stay or an offer: the way to what is written about it, marked where something is unread. */
import { LinkButton } from '../ui/button.tsx'
import type { View } from '../ui/view.ts'
import type { SubjectType } from './message.ts'

/** Nothing where one may not read messages, and where both parties are one: nobody writes to himself. */
export function MessagesLink(props: {
  view: View
  type: SubjectType
  id: string
  between: { seller_id: string; buyer_id: string | null }
}) {
  const { view, type, id, between } = props
  if (!view.can('message.read') || between.seller_id === between.buyer_id) return null
  const unread = view.unread?.has(id) === true
  return (
    <LinkButton href={`/messages/about/${type}s/${id}`} kind={unread ? 'primary' : 'secondary'}>
      {view.t(unread ? 'message.new_here' : 'message.write')}
    </LinkButton>
  )
}
