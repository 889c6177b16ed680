from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="example",
            name="key",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="example",
            index=models.Index(fields=["language", "key"], name="example_words"),
        ),
        migrations.AddConstraint(
            model_name="example",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("approved", "exported"))),
                fields=("language", "key"),
                name="example_once",
            ),
        ),
    ]
