from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("plans", "0010_sheet_layouts_as_files")]

    operations = [migrations.RenameField(model_name="change", old_name="door", new_name="channel")]
