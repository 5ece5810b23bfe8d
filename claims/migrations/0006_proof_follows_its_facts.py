from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0005_proof_is_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="facts_key",
            field=models.CharField(blank=True, max_length=32, verbose_name="facts it was compared with"),
        ),
        migrations.AddField(
            model_name="document",
            name="judge_attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts to compare it"),
        ),
        migrations.AddField(
            model_name="document",
            name="look_again_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="tried again"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["judged_at", "id"], name="documents_by_comparison"),
        ),
    ]
