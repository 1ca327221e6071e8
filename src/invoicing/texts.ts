import { defineTexts } from '../ui/define-texts.ts'

export const invoicingTexts = defineTexts(
  {
    'invoice.exemption': 'Pievienotās vērtības nodokļa likuma 52. panta pirmās daļas 9. punkts (sociālie pakalpojumi)',
  },
  { 'invoice.exemption': 'Value Added Tax Law, Section 52, Paragraph one, Clause 9 (social services)' },
)
