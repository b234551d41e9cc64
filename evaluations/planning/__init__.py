"""Making a plan and changing it: opening, carry-over, 計画変更, settings of its 指標."""
