import { defineTexts } from '../ui/define-texts.ts'

export const disputeTexts = defineTexts(
  {
    'dispute.reason.not_resident': 'nav mūsu iedzīvotājs',
    'dispute.reason.not_delivered': 'dienas nav sniegtas',
    'dispute.reason.wrong_price': 'nepareiza cena',
    'dispute.reason.wrong_absence': 'nepareizi ierakstīta prombūtne',
    'dispute.reason.wrong_share': 'nepareiza līdzmaksājuma vai programmas daļa',
    'dispute.reason.double': 'aprēķināts divreiz',
    'dispute.reason.other': 'cits iemesls',
  },
  {
    'dispute.reason.not_resident': 'not our resident',
    'dispute.reason.not_delivered': 'days not delivered',
    'dispute.reason.wrong_price': 'wrong price',
    'dispute.reason.wrong_absence': 'absence recorded wrongly',
    'dispute.reason.wrong_share': 'wrong co-payment or programme share',
    'dispute.reason.double': 'charged twice',
    'dispute.reason.other': 'another reason',
  },
)
